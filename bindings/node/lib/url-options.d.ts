/** A time in a video: whole seconds, or a text such as `1m30s`. */
export type VideoTime = number | string;

/** Query options of a still. */
export interface ThumbnailOptions {
  readonly time?: VideoTime | null;
  readonly height?: number | null;
  readonly width?: number | null;
  readonly fit?: 'crop' | 'clip' | 'scale' | 'fill' | null;
}

/** Query options by row, in Cloudflare's names. What is absent is not written. */
export interface UrlOptions {
  readonly hls?: {
    readonly clientBandwidthHint?: number | null;
    readonly protocol?: 'llhls' | null;
    readonly duration?: VideoTime | null;
  } | null;
  readonly dash?: { readonly clientBandwidthHint?: number | null } | null;
  readonly iframe?: {
    readonly autoplay?: boolean | null;
    readonly controls?: boolean | null;
    readonly defaultTextTrack?: string | null;
    readonly letterboxColor?: string | null;
    readonly loop?: boolean | null;
    readonly muted?: boolean | null;
    readonly preload?: 'none' | 'metadata' | 'auto' | null;
    readonly poster?: true | string | ThumbnailOptions | null;
    readonly primaryColor?: string | null;
    readonly src?: string | null;
    readonly startTime?: VideoTime | null;
    readonly 'ad-url'?: string | null;
  } | null;
  readonly watch?: Readonly<Record<string, never>> | null;
  readonly thumbnail?: ThumbnailOptions | null;
  readonly animatedThumbnail?:
    | (ThumbnailOptions & {
        readonly duration?: VideoTime | null;
        readonly fps?: number | null;
      })
    | null;
  readonly download?: { readonly filename?: string | null } | null;
  readonly audio?: { readonly filename?: string | null } | null;
  readonly clipHls?: { readonly time?: VideoTime | null; readonly duration?: VideoTime | null } | null;
  readonly clip?: {
    readonly time?: VideoTime | null;
    readonly duration?: VideoTime | null;
    readonly filename?: string | null;
  } | null;
  readonly webrtc?: Readonly<Record<string, never>> | null;
}
