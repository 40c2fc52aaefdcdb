/** What officers look at in the staff's session: the approved cameras and seconds in the player, nothing beside. */
import { useEffect } from 'react'

import '../display/display.css'

import { closeView, type ViewOut } from '../api/generated'
import { useCamerasWith } from '../api/queries'
import { DarkRoom } from '../display/dark_room'
import { onLeavingPage } from '../display/leaving'
import { Player } from '../display/playback/player'
import { Answered } from '../frame/parts'

/** `request` is a request or a private person's application: the seconds that it opens. */
export function Viewing(props: { request: { start_ms: number; end_ms: number }; view: ViewOut; onLeave: () => void }) {
  const { request, view, onLeave } = props
  const cameras = useCamerasWith(view.cameras.join(','))
  useEffect(() => {
    const close = (): void => void closeView(view.grant).catch(() => undefined) // the server closes what nobody watches, later
    const stay = onLeavingPage(close)
    return () => {
      stay()
      close()
    }
  }, [view.grant])
  return (
    <Answered answer={cameras}>
      {(known) => (
        <DarkRoom>
          <Player
            opened={{ view, cameras: known.filter((camera) => view.cameras.includes(camera.id)), start_ms: request.start_ms, end_ms: request.end_ms }}
            at_ms={request.start_ms}
            onLeave={onLeave}
          />
        </DarkRoom>
      )}
    </Answered>
  )
}
