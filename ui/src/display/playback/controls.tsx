/** Buttons, the moment and its field, marks and zoom: all that the timeline and the keyboard do, for a pointer alone. */
import {
  BackwardOutlined, CaretRightFilled, FastBackwardOutlined, FastForwardOutlined, ForwardOutlined, FullscreenOutlined, PauseOutlined,
  QuestionCircleOutlined, StepBackwardOutlined, StepForwardOutlined, VerticalLeftOutlined, ZoomInOutlined, ZoomOutOutlined,
} from '@ant-design/icons'
import { Button, Input, type InputRef, Modal, Select, Space, Switch } from 'antd'
import { useImperativeHandle, useRef, useState, type ReactNode, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import { clock, dateOf, span, typedTime, zone } from '../../frame/time'
import { SPEEDS } from '../player/sync'
import type { Acts } from './keys'
import { usePlayer } from './store'

interface Props {
  acts: Acts
  go: (t_ms: number) => void
  onSpeed: (speed: number) => void
  onZoom: (factor: number) => void
  onLeave: () => void
  jumpField: RefObject<HTMLInputElement | null>
  help: boolean
  onHelp: (shown: boolean) => void
  plain: boolean
  onPlain: (plain: boolean) => void
  /** People outside look at what was approved: nothing is marked for another request, and leaving ends the viewing. */
  outside: boolean
}

function Key(props: { label: string; keys?: string; icon: ReactNode; run: () => void }) {
  const label = props.keys === undefined ? props.label : `${props.label} (${props.keys})`
  return <Button type="text" icon={props.icon} aria-label={label} title={label} onClick={props.run} />
}

function Moment() {
  const { t } = useTranslation()
  const position_ms = usePlayer((facts) => facts.position_ms)
  const waiting = usePlayer((facts) => facts.waiting)
  return (
    <span className="moment" aria-label={t('playback.position')}>
      {dateOf(position_ms)} {clock(position_ms, true).slice(0, -2)} <span className="secondary">{waiting ? t('tile.buffering') : zone()}</span>
    </span>
  )
}

function Jump(props: { go: (t_ms: number) => void; field: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [bad, setBad] = useState(false)
  const input = useRef<InputRef>(null)
  useImperativeHandle<HTMLInputElement | null, HTMLInputElement | null>(props.field, () => input.current?.input ?? null)
  const jump = (): void => {
    const to = typedTime(text, usePlayer.getState().position_ms)
    setBad(to === null)
    if (to === null) return
    props.go(to)
    setText('')
    input.current?.blur()
  }
  return (
    <Input
      ref={input}
      value={text}
      style={{ width: 124 }}
      status={bad ? 'error' : ''}
      aria-invalid={bad}
      aria-label={`${t('playback.jump')} (T)${bad ? `: ${t('playback.jumpBad')}` : ''}`}
      placeholder={`T · ${t('playback.jumpPlaceholder')}`}
      title={bad ? t('playback.jumpBad') : `${t('playback.jump')}: ${t('playback.jumpForms')}`}
      onChange={(event) => {
        setText(event.target.value)
        setBad(false)
      }}
      onPressEnter={jump}
      onKeyDown={(event) => event.key === 'Escape' && input.current?.blur()}
    />
  )
}

function Marks(props: { acts: Acts }) {
  const { t } = useTranslation()
  const in_ms = usePlayer((facts) => facts.in_ms)
  const out_ms = usePlayer((facts) => facts.out_ms)
  return (
    <Space.Compact>
      <Button aria-label={`${t('playback.inMark')} ([)`} title={`${t('playback.inMark')} ([)`} onClick={() => props.acts.mark('in')}>
        [ {in_ms === null ? '' : clock(in_ms)}
      </Button>
      <Button aria-label={`${t('playback.outMark')} (])`} title={`${t('playback.outMark')} (])`} onClick={() => props.acts.mark('out')}>
        {out_ms === null ? '' : clock(out_ms)} ]
      </Button>
      <Button type={in_ms !== null && out_ms !== null ? 'primary' : 'default'} title={t('playback.requestHint')} onClick={props.acts.request}>
        {t('playback.request')}
        {in_ms !== null && out_ms !== null && ` · ${span((out_ms - in_ms) / 1000)}`}
      </Button>
    </Space.Compact>
  )
}

const HELP: [string, string][] = [
  ['Space', 'keyPlay'], ['← →', 'keyFive'], ['Shift + ← →', 'keyFrame'], ['Ctrl + ← →', 'keySegment'], ['J K L', 'keyShuttle'],
  ['[ ]', 'keyMarks'], ['T', 'keyJump'], ['F', 'keyFull'], ['E', 'keyRequest'], ['End', 'keyEnd'], ['?', 'keyHelp'],
]

const FOR_A_REQUEST = new Set(['keyMarks', 'keyRequest'])

function Help(props: { shown: boolean; onClose: () => void; plain: boolean; onPlain: (plain: boolean) => void; outside: boolean }) {
  const { t } = useTranslation()
  return (
    <Modal open={props.shown} title={t('playback.shortcuts')} footer={null} onCancel={props.onClose}>
      <ul className="plain">
        {HELP.filter(([, what]) => !props.outside || !FOR_A_REQUEST.has(what)).map(([keys, what]) => (
          <li key={keys}>
            <kbd className="mono" style={{ width: 120 }}>{keys}</kbd>
            {t(`playback.${what}`)}
          </li>
        ))}
      </ul>
      <label className="row">
        <Switch checked={props.plain} onChange={props.onPlain} aria-label={t('playback.keysOn')} /> {t('playback.keysOn')}
      </label>
    </Modal>
  )
}

export function Controls(props: Props) {
  const { t } = useTranslation()
  const { acts } = props
  const playing = usePlayer((facts) => facts.playing)
  const speed = usePlayer((facts) => facts.speed)
  return (
    <div className="controls" role="group" aria-label={t('playback.title')}>
      <Key label={t('playback.previousSegment')} keys="Ctrl+←" icon={<FastBackwardOutlined />} run={() => acts.segment(-1)} />
      <Key label={t('playback.back5')} keys="←" icon={<BackwardOutlined />} run={() => acts.step_s(-5)} />
      <Key label={t('playback.frameBack')} keys="Shift+←" icon={<StepBackwardOutlined />} run={() => acts.frame(-1)} />
      <Button
        type="primary"
        icon={playing ? <PauseOutlined /> : <CaretRightFilled />}
        aria-label={`${t(playing ? 'playback.pause' : 'playback.play')} (Space)`}
        title={`${t(playing ? 'playback.pause' : 'playback.play')} (Space)`}
        onClick={acts.toggle}
      />
      <Key label={t('playback.frameForward')} keys="Shift+→" icon={<StepForwardOutlined />} run={() => acts.frame(1)} />
      <Key label={t('playback.forward5')} keys="→" icon={<ForwardOutlined />} run={() => acts.step_s(5)} />
      <Key label={t('playback.nextSegment')} keys="Ctrl+→" icon={<FastForwardOutlined />} run={() => acts.segment(1)} />
      <Select aria-label={t('playback.speed')} value={speed} onChange={props.onSpeed} options={SPEEDS.map((value) => ({ value, label: `${value}×` }))} style={{ width: 68 }} />
      <Moment />
      <Jump go={props.go} field={props.jumpField} />
      <span className="spring" />
      {!props.outside && <Marks acts={acts} />}
      <Key label={t('playback.zoomOut')} keys="−" icon={<ZoomOutOutlined />} run={() => props.onZoom(2)} />
      <Key label={t('playback.zoomIn')} keys="+" icon={<ZoomInOutlined />} run={() => props.onZoom(0.5)} />
      <Key label={t('playback.live')} keys="End" icon={<VerticalLeftOutlined />} run={acts.newest} />
      <Key label={t('playback.keyFull')} keys="F" icon={<FullscreenOutlined />} run={acts.full} />
      <Key label={t('playback.shortcuts')} keys="?" icon={<QuestionCircleOutlined />} run={() => props.onHelp(true)} />
      <Button type="text" onClick={props.onLeave}>{t(props.outside ? 'access.endView' : 'playback.change')}</Button>
      <Help shown={props.help} onClose={() => props.onHelp(false)} plain={props.plain} onPlain={props.onPlain} outside={props.outside} />
    </div>
  )
}
