import type { CommandRunner } from '../command-runner.ts';

/** What all pages of a server share. */
export interface Site {
  readonly runner: CommandRunner;
  readonly allowChanges: boolean;
  /** The text form of the database's location, without secrets. */
  readonly database: string;
  /** Global options that a copied command needs to mean the same database and archives. */
  readonly globals: readonly string[];
  clock(): Date;
}
