/** What this browser can play; asked once per codec, told to the server. */

interface ManagedSource {
  ManagedMediaSource?: typeof MediaSource
}

/** The browser's MSE, Apple's managed one included, or null. */
export function mediaSource(): typeof MediaSource | null {
  if (typeof MediaSource !== 'undefined') return MediaSource
  return (globalThis as ManagedSource).ManagedMediaSource ?? null
}

/** True when H.265 plays here without the server's help. */
export function playsHevc(): boolean {
  return mediaSource()?.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"') ?? false
}

export function socketAddress(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/api/media`
}
