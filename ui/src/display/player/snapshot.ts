/** Hands a picture to the person as a file named by camera and time. */
import { stamp } from '../../frame/time'

export function saveSnapshot(jpeg: Blob, camera: string, t_ms: number): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(jpeg)
  link.download = `${camera}-${stamp(t_ms).replaceAll(':', '').replace(' ', '-')}.jpg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
