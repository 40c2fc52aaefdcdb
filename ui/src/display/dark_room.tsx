/** Pictures are judged against a dark surround: live wall and player are dark whatever the rest of the frame is. */
import { ConfigProvider } from 'antd'
import { use, useMemo, type ReactNode } from 'react'

import { LooksContext } from '../frame/context'
import { darkTheme } from '../theme'

const DARK = { ...darkTheme, inherit: false } // the light frame's own tokens must not shine through

export function DarkRoom(props: { children: ReactNode }) {
  const { setDark } = use(LooksContext)
  const looks = useMemo(() => ({ dark: true, setDark }), [setDark])
  return (
    <LooksContext value={looks}>
      <ConfigProvider theme={DARK}>
        <div className="dark-room" data-theme="dark">
          {props.children}
        </div>
      </ConfigProvider>
    </LooksContext>
  )
}
