export { type ClipPolicy, canonicalClipPolicy, clipPolicyId, DEFAULT_CLIP_POLICY, validateClipPolicy } from './clip-policy.ts';
