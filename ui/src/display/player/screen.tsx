/** The picture itself. What a browser offers beside the page's own controls would take it away from its mark, and is off:
 *  picture in picture, casting to another screen, the menu that saves a frame. */
import type { Ref } from 'react'

export function Screen(props: { video: Ref<HTMLVideoElement>; shown: boolean; autoPlay?: boolean }) {
  return (
    <video
      ref={props.video}
      muted
      playsInline
      autoPlay={props.autoPlay === true}
      tabIndex={-1}
      disablePictureInPicture
      disableRemotePlayback
      controlsList="nodownload nofullscreen noremoteplayback"
      onContextMenu={(event) => event.preventDefault()}
      className={props.shown ? '' : 'dim'}
    />
  )
}
