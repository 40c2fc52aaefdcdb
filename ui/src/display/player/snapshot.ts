/** Hands a picture to the person as a file named by camera, time and register entry. */
import { saveAs } from '../../frame/save'
import { stamp } from '../../frame/time'

/** Returns the number of the picture's register entry, which the server gives in its name; empty when it is not told. */
export function saveSnapshot(picture: Blob, camera: string, t_ms: number): string {
  const entry = picture instanceof File ? (/mingjian-(\d+)\.jpg/.exec(picture.name)?.[1] ?? '') : ''
  saveAs(picture, `${camera}-${stamp(t_ms).replaceAll(':', '').replace(' ', '-')}${entry === '' ? '' : `-${entry}`}.jpg`)
  return entry
}
