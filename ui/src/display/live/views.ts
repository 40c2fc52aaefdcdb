/** Which register entry covers which camera on the wall: opened before the first picture, closed with the last. */
import { Refusal } from '../../api/client'
import { closeView, openView, type ViewOut } from '../../api/generated'

interface Held {
  view: ViewOut
  users: number
}

/** Keeps one view per opening; several tiles opened together share one register entry. */
export class ViewBook {
  readonly #open: (cameras: string[]) => Promise<ViewOut>
  readonly #byCamera = new Map<string, Promise<ViewOut>>()
  readonly #held = new Map<string, Held>()

  /** `open` where the view comes from elsewhere: a use under an approval is open before its tiles. */
  constructor(open: (cameras: string[]) => Promise<ViewOut> = (cameras) => openView({ act: 'live', cameras })) {
    this.#open = open
  }

  /** Opens one view over `cameras` that have none yet. */
  ask(cameras: readonly string[]): void {
    const fresh = cameras.filter((camera) => !this.#byCamera.has(camera))
    if (fresh.length === 0) return
    const opening = this.#open(fresh)
    for (const camera of fresh) this.#byCamera.set(camera, opening)
    opening.catch(() => {
      for (const camera of fresh) if (this.#byCamera.get(camera) === opening) this.#byCamera.delete(camera)
    })
  }

  /** The view that covers `camera`; each taker gives it back. Throws the server's refusal. */
  async take(camera: string): Promise<ViewOut> {
    this.ask([camera])
    const opening = this.#byCamera.get(camera)
    if (opening === undefined) throw new Refusal(0, { code: 'view-closed', text: '' })
    const view = await opening
    const held = this.#held.get(view.grant) ?? { view, users: 0 }
    held.users += 1
    this.#held.set(view.grant, held)
    return view
  }

  /** Closes the view when its last picture goes. */
  give(view: ViewOut): void {
    const held = this.#held.get(view.grant)
    if (held === undefined) return
    held.users -= 1
    if (held.users > 0) return
    this.#held.delete(view.grant)
    for (const camera of view.cameras) void this.#forget(camera, view.grant)
    void closeView(view.grant).catch(() => undefined) // the server closes what nobody watches, later
  }

  /** The view no longer counts (it has expired); the next taker opens another. */
  drop(view: ViewOut): void {
    for (const camera of view.cameras) void this.#forget(camera, view.grant)
  }

  /** The page goes: closes what is held, so that no viewing stays open in the register after its last picture. */
  leave(): void {
    for (const grant of this.#held.keys()) void closeView(grant).catch(() => undefined)
    this.#held.clear()
    this.#byCamera.clear()
  }

  async #forget(camera: string, grant: string): Promise<void> {
    const opening = this.#byCamera.get(camera)
    if (opening === undefined) return
    const view = await opening.catch(() => null)
    if (view?.grant === grant && this.#byCamera.get(camera) === opening) this.#byCamera.delete(camera)
  }
}

/** Lets at most `width` doors open at once: sixteen tiles that start together would starve one another. */
export class Doors {
  readonly #width: number
  #open = 0
  readonly #queue: (() => void)[] = []

  constructor(width: number) {
    this.#width = width
  }

  /** Resolves with the release; calling it twice is harmless. */
  enter(): Promise<() => void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.#open += 1
        let left = false
        resolve(() => {
          if (left) return
          left = true
          this.#open -= 1
          this.#queue.shift()?.()
        })
      }
      if (this.#open < this.#width) go()
      else this.#queue.push(go)
    })
  }
}
