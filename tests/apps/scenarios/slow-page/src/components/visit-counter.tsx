"use client";

import { useEffect, useState } from "react";

/** Works out how popular the site is on the visitor's own processor, all in one go. */
export function VisitCounter() {
  const [visits, setVisits] = useState<number>();

  useEffect(() => {
    const timer = setTimeout(() => {
      const end = performance.now() + 900;
      let found = 0;
      for (let n = 2; performance.now() < end; n += 1) {
        found += isPrime(n) ? 1 : 0;
      }
      setVisits(found);
    });
    return () => {
      clearTimeout(timer);
    };
  }, []);

  return <p className="small">{visits === undefined ? "Counting…" : `Visit ${String(visits)}`}</p>;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor < n; divisor += 1) {
    if (n % divisor === 0) {
      return false;
    }
  }
  return true;
}
