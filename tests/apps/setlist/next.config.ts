import type { NextConfig } from "next";

import { releaseId } from "./src/lib/release";

const config: NextConfig = {
  output: "export",
  // A static export has no server to resize images: they are made at their final size.
  images: { unoptimized: true },
  // The default build id is random, and the same commit must give the same bytes.
  generateBuildId: () => releaseId(process.env),
  // They say which module a chunk holds; `scripts/build-output.mjs` does not publish them.
  productionBrowserSourceMaps: true,
  poweredByHeader: false,
  reactStrictMode: true,
};

export default config;
