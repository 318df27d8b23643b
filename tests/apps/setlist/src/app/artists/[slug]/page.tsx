import type { Metadata } from "next";
import Image from "next/image";
import { notFound } from "next/navigation";

import { LazyChart } from "@/components/lazy-chart";
import record from "@/images/record.png";
import { artists, findArtist } from "@/lib/artists";
import { bars } from "@/lib/chart-data";
import { formatDuration, isoDuration } from "@/lib/duration";
import { count, formatDate, formatList, percent } from "@/lib/format";
import { averageLength, playCounts, unplayed, usualCloser, usualOpener } from "@/lib/statistics";

interface Props {
  readonly params: Promise<{ slug: string }>;
}

export const dynamicParams = false;

export function generateStaticParams() {
  return artists.map(({ slug }) => ({ slug }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const artist = findArtist((await params).slug);
  if (artist === undefined) {
    notFound();
  }
  return {
    title: artist.name,
    description: `${artist.name} live: set lists of ${count(artist.shows.length, "show")}, song by song.`,
  };
}

export default async function ArtistPage({ params }: Props) {
  const artist = findArtist((await params).slug);
  if (artist === undefined) {
    notFound();
  }
  const { name, blurb, shows } = artist;
  const counts = playCounts(shows);
  const length = averageLength(artist);
  const leftOut = unplayed(artist);
  return (
    <article>
      <div className="title">
        <Image src={record} alt="" width={96} height={96} />
        <div>
          <h1>{name}</h1>
          <p className="lead">{blurb}</p>
        </div>
      </div>

      <h2>The tour in numbers</h2>
      <dl className="facts">
        <div>
          <dt>Usual opener</dt>
          <dd>{usualOpener(shows)}</dd>
        </div>
        <div>
          <dt>Usual closer</dt>
          <dd>{usualCloser(shows)}</dd>
        </div>
        <div>
          <dt>Average show</dt>
          <dd>
            <time dateTime={isoDuration(length)}>{formatDuration(length)}</time>
          </dd>
        </div>
      </dl>
      {leftOut.length > 0 && <p>Stayed at home: {formatList(leftOut)}.</p>}

      <h2>Plays of each song</h2>
      <LazyChart {...bars(counts, 8)} />
      <table>
        <caption>How often each song was played in {count(shows.length, "show")}</caption>
        <thead>
          <tr>
            <th scope="col">Song</th>
            <th scope="col">Plays</th>
            <th scope="col">Share of shows</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ title, plays }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{plays}</td>
              <td>{percent(plays, shows.length)}</td>
            </tr>
          ))}
        </tbody>
      </table>

      <h2>Set lists</h2>
      {shows.map(({ day, venue, city, songs }) => (
        <section key={day} aria-labelledby={`show-${day}`}>
          <h3 id={`show-${day}`}>
            {venue}, {city}
          </h3>
          <p className="small">
            <time dateTime={day}>{formatDate(day)}</time>
          </p>
          <ol>
            {songs.map((title) => (
              <li key={title}>{title}</li>
            ))}
          </ol>
        </section>
      ))}
    </article>
  );
}
