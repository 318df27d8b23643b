import Image from "next/image";
import Link from "next/link";

import { Archive } from "@/components/archive";
import stage from "@/images/stage.webp";
import { artists } from "@/lib/artists";
import { count, formatDate } from "@/lib/format";

export default function HomePage() {
  return (
    <>
      <h1>What they played last night</h1>
      <p className="lead">Every song, in order, from the shows we went to.</p>
      <Archive />
      <h2>On tour</h2>
      <ul className="cards">
        {artists.map(({ slug, name, blurb, shows }) => {
          const latest = shows.at(-1);
          return (
            <li className="card" key={slug}>
              <h3>
                <Link href={`/artists/${slug}`}>{name}</Link>
              </h3>
              <p>{blurb}</p>
              {latest && (
                <p className="small">
                  {count(shows.length, "show")}, the latest on{" "}
                  <time dateTime={latest.day}>{formatDate(latest.day)}</time>
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {/* Below the list, so that the words are what a visitor waits for. */}
      <Image className="hero" src={stage} alt="An empty stage under three spotlights" />
    </>
  );
}
