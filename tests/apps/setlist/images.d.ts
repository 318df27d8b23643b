// `next build` writes next-env.d.ts, which declares image imports; a fresh clone has not built yet.
/// <reference types="next/image-types/global" />
