import { parseDuration } from "./duration";
import { slugify } from "./slug";

export interface Song {
  readonly title: string;
  /** Length in seconds. */
  readonly length: number;
}

export interface Show {
  /** The day of the show, `yyyy-mm-dd`. */
  readonly day: string;
  readonly venue: string;
  readonly city: string;
  /** Song titles in the order they were played. */
  readonly songs: readonly string[];
}

export interface Artist {
  readonly slug: string;
  readonly name: string;
  readonly blurb: string;
  readonly songs: readonly Song[];
  readonly shows: readonly Show[];
}

function artist(
  name: string,
  blurb: string,
  lengths: Readonly<Record<string, string>>,
  shows: readonly Show[],
): Artist {
  const songs = Object.entries(lengths).map(([title, length]) => ({
    title,
    length: parseDuration(length),
  }));
  return { slug: slugify(name), name, blurb, songs, shows };
}

export const artists: readonly Artist[] = [
  artist(
    "The Paper Lanterns",
    "Four-part harmonies and a brass section that never sits down.",
    {
      "Kite Weather": "3:42",
      "Ninety Steps": "4:18",
      "Slow Ferry": "5:06",
      "Tin Roof": "2:57",
      "Ask the Lighthouse": "6:11",
      Saltwater: "3:30",
    },
    [
      {
        day: "2026-02-27",
        venue: "Granary Hall",
        city: "Bristol",
        songs: ["Tin Roof", "Kite Weather", "Ninety Steps", "Saltwater", "Ask the Lighthouse"],
      },
      {
        day: "2026-03-01",
        venue: "The Foundry",
        city: "Leeds",
        songs: ["Tin Roof", "Slow Ferry", "Kite Weather", "Ask the Lighthouse"],
      },
      {
        day: "2026-03-03",
        venue: "Dockside Rooms",
        city: "Glasgow",
        songs: ["Saltwater", "Kite Weather", "Ninety Steps", "Tin Roof", "Ask the Lighthouse"],
      },
    ],
  ),
  artist(
    "Åsa Lindqvist",
    "A piano, a loop pedal and songs about northern trains.",
    {
      "Night Train North": "5:24",
      "Birch Line": "3:55",
      "Platform Nine": "4:40",
      "Snow on the Wire": "4:02",
      "Last Connection": "7:15",
    },
    [
      {
        day: "2026-01-16",
        venue: "Pustervik",
        city: "Gothenburg",
        songs: ["Night Train North", "Birch Line", "Snow on the Wire", "Last Connection"],
      },
      {
        day: "2026-01-18",
        venue: "Kägelbanan",
        city: "Stockholm",
        songs: ["Night Train North", "Platform Nine", "Birch Line", "Last Connection"],
      },
      {
        day: "2026-01-20",
        venue: "Parkteatret",
        city: "Oslo",
        songs: ["Birch Line", "Platform Nine", "Snow on the Wire", "Night Train North"],
      },
    ],
  ),
  artist(
    "Harbour & Tide",
    "Two cousins, one accordion, and sea songs at double speed.",
    {
      "Half Past High Water": "2:48",
      "Rope and Tar": "3:12",
      "The Pilot's Daughter": "4:31",
      "Fog Signal": "3:03",
      "All the Way to Rye": "5:20",
    },
    [
      {
        day: "2026-04-10",
        venue: "Fishermen's Chapel",
        city: "Hastings",
        songs: ["Fog Signal", "Rope and Tar", "The Pilot's Daughter", "All the Way to Rye"],
      },
      {
        day: "2026-04-11",
        venue: "The Old Ropeworks",
        city: "Brighton",
        songs: ["Fog Signal", "Half Past High Water", "Rope and Tar", "All the Way to Rye"],
      },
    ],
  ),
];

/** The artist a page is about, or nothing when the link is wrong. */
export function findArtist(slug: string): Artist | undefined {
  return artists.find((candidate) => candidate.slug === slug);
}
