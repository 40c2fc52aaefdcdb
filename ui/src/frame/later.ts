/** A part of a page whose code comes when it is first shown. */
import { lazy, type ComponentType } from 'react'

import { setupState } from '../api/generated'
import { AGAIN_MS } from './reach'

/**
 * What `load` brings, however long nobody answers: a missing part must not take the page around it away, and what was typed there.
 * Rejects as `load` does once the server answers and the part still does not come: then it is gone, as after an upgrade.
 */
export async function arrived<Part>(load: () => Promise<Part>, answers: () => Promise<boolean>, pause: () => Promise<void>): Promise<Part> {
  try {
    return await load()
  } catch {
    while (!(await answers())) await pause()
    return load()
  }
}

const answers = async (): Promise<boolean> => setupState().then(() => true, () => false)
const pause = async (): Promise<void> => new Promise((over) => setTimeout(over, AGAIN_MS))

export const later = <Props extends object>(load: () => Promise<ComponentType<Props>>) =>
  lazy(async () => ({ default: await arrived(load, answers, pause) }))
