import { recordCommand, type TerminalSize } from './record-command.ts';
import { type Picture, Screen } from './screen.ts';

/** A picture, and for how many milliseconds it is shown. */
export interface Frame {
  readonly picture: Picture;
  readonly shown: number;
}

export interface Scene {
  /** What a person types, as it is shown. */
  readonly typed: string;
  /** Milliseconds for which its answer stands. */
  readonly read: number;
}

const TYPED_AT_ONCE = 4;
const TYPING_MS = 90;
const PROMPT = '\x1b[32m$\x1b[39m ';
/** Shorter steps cannot be seen; longer waits are dull. */
const [LEAST_MS, MOST_MS] = [90, 1200];

/** Plays scenes on one terminal, each on a clear screen: the command being typed, what it writes at its own speed, and time to read. */
export async function filmScenes(
  scenes: readonly Scene[],
  size: TerminalSize,
  where: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Frame[]> {
  const frames: Frame[] = [];
  const screen = new Screen(size);
  for (const { typed, read } of scenes) {
    screen.clear();
    await screen.write(PROMPT);
    for (let at = 0; at < typed.length; at += TYPED_AT_ONCE) {
      frames.push({ picture: screen.picture(), shown: TYPING_MS });
      await screen.write(typed.slice(at, at + TYPED_AT_ONCE));
    }
    await screen.write('\r\n');
    let waited = 0;
    for (const { after, text } of await recordCommand(typed, size, where)) {
      waited += Math.min(after, MOST_MS);
      if (waited >= LEAST_MS) {
        frames.push({ picture: screen.picture(), shown: waited });
        waited = 0;
      }
      await screen.write(text);
    }
    frames.push({ picture: screen.picture(), shown: read });
  }
  return frames;
}
