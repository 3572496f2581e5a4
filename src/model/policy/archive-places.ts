import { type Location, localPath } from '../location.ts';

/** Where the archives are: one location for each tier. */
export interface ArchivePlaces {
  readonly warm: Location;
  /** The same object as `warm` where one location serves both. */
  readonly cold: Location;
  /** For people, without secrets: `/srv/archives`, or `/srv/archives (cold: /mnt/cold)`. */
  readonly text: string;
}

export function onePlace(location: Location): ArchivePlaces {
  return { warm: location, cold: location, text: location.text };
}

export function twoPlaces(warm: Location, cold: Location): ArchivePlaces {
  return { warm, cold, text: `${warm.text} (cold: ${cold.text})` };
}

/** Whether cold bundles have a location of their own. */
export function areApart({ warm, cold }: ArchivePlaces): boolean {
  return warm !== cold;
}

/** The locations, each once, and the tiers that are there. */
export function placesOf({
  warm,
  cold,
}: ArchivePlaces): readonly { readonly tiers: readonly ('warm' | 'cold')[]; readonly location: Location }[] {
  if (warm === cold) return [{ tiers: ['warm', 'cold'], location: warm }];
  return [
    { tiers: ['warm'], location: warm },
    { tiers: ['cold'], location: cold },
  ];
}

/** The folders on this machine, each once. */
export function archiveFolders(places: ArchivePlaces): readonly string[] {
  return placesOf(places)
    .map(({ location }) => localPath(location))
    .filter((path) => path !== null);
}
