/** What officers look at in the staff's session: the approved cameras and seconds in the player, nothing beside. */
import { useEffect, useState } from 'react'

import '../display/display.css'

import { closeView, type CameraOut, type ViewOut } from '../api/generated'
import { useCamerasWith } from '../api/queries'
import { DarkRoom } from '../display/dark_room'
import { onLeavingPage } from '../display/leaving'
import { Player } from '../display/playback/player'
import { Answered } from '../frame/parts'

interface Props {
  /** A request or a private person's application: the seconds that it opens. */
  request: { start_ms: number; end_ms: number }
  view: ViewOut
  onLeave: () => void
}

export function Viewing(props: Props) {
  const { view } = props
  const cameras = useCamerasWith(view.cameras.join(','))
  useEffect(() => {
    const close = (): void => void closeView(view.grant).catch(() => undefined) // the server closes what nobody watches, later
    const stay = onLeavingPage(close)
    return () => {
      stay()
      close()
    }
  }, [view.grant])
  return <Answered answer={cameras}>{(known) => <Shown {...props} known={known} />}</Answered>
}

function Shown(props: Props & { known: CameraOut[] }) {
  const { request, view, known } = props
  // as it was opened: the states of cameras are asked again and again, and the player would begin anew each time
  const [opened] = useState(() => ({ view, cameras: known.filter((camera) => view.cameras.includes(camera.id)), start_ms: request.start_ms, end_ms: request.end_ms }))
  return (
    <DarkRoom>
      <Player opened={opened} at_ms={opened.start_ms} onLeave={props.onLeave} />
    </DarkRoom>
  )
}
