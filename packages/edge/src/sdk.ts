/** How this SDK names itself to the server; the version is that of package.json (a test compares them). */
export const SDK = Object.freeze({ name: 'outspoken-edge', version: '0.1.0' });
