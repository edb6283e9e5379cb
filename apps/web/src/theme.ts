import { requireElement, setText } from './dom.ts';

type Theme = 'light' | 'dark';

const STORAGE_KEY = 'outspoken-theme';

/** Follows the system's light or dark until the person chooses; the choice is kept on this device. */
export function bindTheme(onChange: () => void): void {
  const button = requireElement('theme', HTMLButtonElement);
  const text = requireElement('theme-text', HTMLSpanElement);
  const system = matchMedia('(prefers-color-scheme: dark)');
  let choice = readChoice();

  const apply = (): void => {
    if (choice) document.documentElement.dataset['theme'] = choice;
    const isDark = (choice ?? (system.matches ? 'dark' : 'light')) === 'dark';
    setText(text, isDark ? 'Light' : 'Dark');
    button.setAttribute('aria-label', isDark ? 'Switch to the light theme' : 'Switch to the dark theme');
    onChange();
  };

  button.addEventListener('click', () => {
    const isDark = (choice ?? (system.matches ? 'dark' : 'light')) === 'dark';
    choice = isDark ? 'light' : 'dark';
    writeChoice(choice);
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}

// Storage throws where the person has blocked it; the page then simply follows the system.
function readChoice(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
}

function writeChoice(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // The choice then holds until the page is left.
  }
}
