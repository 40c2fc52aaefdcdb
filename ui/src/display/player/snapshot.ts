/** Hands a picture to the person as a file named by camera, time and register entry. */
import type { Snapshot } from '../../api/client'
import { stamp } from '../../frame/time'

export function saveSnapshot(taken: Snapshot, camera: string, t_ms: number): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(taken.jpeg)
  link.download = `${camera}-${stamp(t_ms).replaceAll(':', '').replace(' ', '-')}${taken.entry === null ? '' : `-${taken.entry}`}.jpg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
