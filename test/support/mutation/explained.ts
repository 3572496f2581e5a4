/** Why a mutant that the tests do not catch does no harm, or what is missing, by its name. */
export const EXPLAINED: Readonly<Record<string, string>> = {};
