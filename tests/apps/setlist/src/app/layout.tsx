import "./globals.css";

import type { Metadata, Viewport } from "next";
import Link from "next/link";
import type { ReactNode } from "react";

import { releaseId } from "@/lib/release";

export const metadata: Metadata = {
  title: { default: "Setlist: what they played last night", template: "%s | Setlist" },
  description: "Concert set lists, song by song: openers, closers, and what stayed at home.",
  other: { release: releaseId(process.env) },
};

export const viewport: Viewport = { themeColor: "#2b1024" };

export default function RootLayout({ children }: Readonly<{ children: ReactNode }>) {
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#content">
          Skip to the content
        </a>
        <header className="site-header">
          <Link className="brand" href="/">
            Setlist
          </Link>
        </header>
        <main id="content">{children}</main>
        <footer className="site-footer">
          <p>Set lists written down by people in the third row.</p>
        </footer>
      </body>
    </html>
  );
}
