import type { Metadata } from "next";
import Link from "next/link";

export const metadata: Metadata = { title: "No such page" };

export default function NotFound() {
  return (
    <>
      <h1>No such page</h1>
      <p>
        That one was not on the list. <Link href="/">Back to all artists</Link>.
      </p>
    </>
  );
}
