import { healthDocument } from "@/lib/health";
import { releaseId } from "@/lib/release";
import { services } from "@/lib/services";

export const dynamic = "force-static";

export function GET(): Response {
  return Response.json(healthDocument(releaseId(process.env), services));
}
