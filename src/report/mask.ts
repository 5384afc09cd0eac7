const MASK = '***';

/** A word that announces a secret, whatever is around it: `auth_pass`, `insecure-password`, `"apiToken"`, `SMTP_SECRET`. */
const NAME = String.raw`(?<![\w.-])[\w.-]*(?:pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|api[_-]?key|private[_-]?key|credentials?)s?(?:[_-][\w-]*)?(?![\w-])`;
const QUOTED = String.raw`"(?:[^"\\\n]|\\.)*"|'[^'\n]*'`;

/** After `:` or `=` a bare value reaches to the end of the line; after blanks alone it is one word. */
const ASSIGNED = new RegExp(String.raw`(${NAME}["']?[ \t]*[:=][ \t]*)(?:${QUOTED}|\S[^\n]*)`, 'gi');
const SPACED = new RegExp(String.raw`(${NAME}[ \t]+)(?![:=])(?:${QUOTED}|\S+)`, 'gi');

/** Forms in which no such word stands before the secret. */
const OTHERS = [
  /(\bstats[ \t]+auth[ \t]+[^\s:]+:)\S+/gi,
  /(\b(?:basic|bearer)[ \t]+)[\w+/=.~-]{6,}/gi,
  /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----\n)(?:[-+ ]?[\w+/=]+\n)+/g,
  /^([-+ ]?)[A-Za-z0-9+/]{60,}={0,2}$/gm,
];

/**
 * Masks what stands after words like `auth_pass` or `password`: the old file on a host may hold secrets that nobody here knows.
 * Rather masks a harmless word than shows a secret.
 */
export const maskAssignments = (text: string): string =>
  [ASSIGNED, SPACED, ...OTHERS].reduce((masked, form) => masked.replace(form, `$1${MASK}`), text);
