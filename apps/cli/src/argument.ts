import { InvalidArgumentError } from 'commander';

/** A whole number of at least one. */
export function parseCount(maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${maximum}.`);
    }
    return value;
  };
}

/** An address of a server; `http://` may be left out. */
export function parseAddress(text: string): URL {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
  }
  return new URL(url);
}

/** A reader of lists of known names, separated by commas. */
export function parseList<const Name extends string>(names: readonly Name[]): (text: string) => readonly Name[] {
  return (text) =>
    text.split(',').map((part) => {
      const name = names.find((known) => known === part.trim());
      if (name === undefined) throw new InvalidArgumentError(`It must be one or more of: ${names.join(', ')}.`);
      return name;
    });
}
