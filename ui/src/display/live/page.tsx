/** The live wall: list left, tiles right, one hotspot. The wall is remembered on this machine. */
import { FullscreenOutlined, SearchOutlined, UnorderedListOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Grid, Input, Segmented } from 'antd'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import '../display.css'

import type { CameraOut } from '../../api/generated'
import { camerasQuery } from '../../api/queries'
import { CameraStateMark } from '../../cameras/state'
import { Answered, Nothing } from '../../frame/parts'
import { DarkRoom } from '../dark_room'
import { onLeavingPage } from '../leaving'
import { LiveTile } from './tile'
import { Doors, ViewBook } from './views'

const GRIDS = [1, 4, 9, 16] as const
const WALL = 'mingjian.wall'
const OPEN_AT_ONCE = 4

interface WallPlan {
  grid: number
  cameras: (string | null)[]
}

function readWall(): WallPlan {
  try {
    const wall = JSON.parse(localStorage.getItem(WALL) ?? '') as WallPlan
    if (GRIDS.some((grid) => grid === wall.grid) && Array.isArray(wall.cameras)) return wall
  } catch {
    // nothing remembered yet, or unreadable: an empty wall
  }
  return { grid: 4, cameras: [] }
}

function CameraList(props: { cameras: CameraOut[]; open: Set<string>; onOpen: (camera: string) => void }) {
  const { t } = useTranslation()
  const [word, setWord] = useState('')
  const shown = props.cameras.filter((camera) => `${camera.name} ${camera.place}`.toLowerCase().includes(word.trim().toLowerCase()))
  const places = [...new Set(shown.map((camera) => camera.place))]
  return (
    <div className="camera-list">
      <Input allowClear prefix={<SearchOutlined />} aria-label={t('live.search')} placeholder={t('live.search')} value={word} onChange={(event) => setWord(event.target.value)} />
      {shown.length === 0 && <Nothing text={t('live.noCameras')} />}
      {places.map((place) => (
        <section key={place} aria-label={place}>
          <h3>{place}</h3>
          <ul>
            {shown
              .filter((camera) => camera.place === place)
              .map((camera) => (
                <li key={camera.id}>
                  <button
                    type="button"
                    draggable
                    aria-pressed={props.open.has(camera.id)}
                    title={t('live.drag')}
                    onDragStart={(event) => event.dataTransfer.setData('text/camera', camera.id)}
                    onClick={() => props.onOpen(camera.id)}
                  >
                    <span className="camera-name">{camera.name}</span>
                    <CameraStateMark camera={camera} brief />
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

export function LivePage() {
  return (
    <DarkRoom>
      <Wall />
    </DarkRoom>
  )
}

function Wall() {
  const { t } = useTranslation()
  const cameras = useQuery(camerasQuery)
  const [wall, setWall] = useState(readWall)
  const [hot, setHot] = useState<number | null>(null)
  const [selected, setSelected] = useState(0)
  const [list, setList] = useState(false)
  const wide = Grid.useBreakpoint().lg ?? true
  const [book] = useState(() => new ViewBook())
  const [doors] = useState(() => new Doors(OPEN_AT_ONCE))
  const stage = useRef<HTMLDivElement>(null)

  useEffect(() => onLeavingPage(() => book.leave()), [book])

  useEffect(() => {
    try {
      localStorage.setItem(WALL, JSON.stringify(wall))
    } catch {
      // storage closed off: the wall holds for this visit
    }
  }, [wall])

  const known = new Map((cameras.data ?? []).map((camera) => [camera.id, camera]))
  const shown = wall.cameras.slice(0, wall.grid).filter((id): id is string => id !== null && known.has(id))
  const wanted = shown.join(' ')
  // before the tiles' own effects, so that pictures opened together share one register entry
  useLayoutEffect(() => {
    if (wanted !== '') book.ask(wanted.split(' '))
  }, [book, wanted])

  const place = (camera: string, at?: number): void => {
    const next = Array.from({ length: 16 }, (_, index) => wall.cameras[index] ?? null)
    const old = next.indexOf(camera)
    if (old >= 0 && old < wall.grid && at === undefined) return setSelected(old)
    if (old >= 0) next[old] = null
    const free = next.slice(0, wall.grid).indexOf(null)
    const target = at ?? (next[selected] === null && selected < wall.grid ? selected : free >= 0 ? free : Math.min(selected, wall.grid - 1))
    next[target] = camera
    setSelected(target)
    setWall({ ...wall, cameras: next })
    setList(false)
  }
  const close = (at: number): void => {
    if (hot === at) setHot(null)
    setWall({ ...wall, cameras: wall.cameras.map((camera, index) => (index === at ? null : camera)) })
  }
  const fill = (): void => {
    const all = (cameras.data ?? []).filter((camera) => camera.state !== 'stopped').slice(0, 16)
    const grid = GRIDS.find((size) => size >= all.length) ?? 16
    setHot(null)
    setWall({ grid, cameras: all.map((camera) => camera.id) })
  }

  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return
      if (/^[1-9]$/.test(event.key)) {
        const at = Number(event.key) - 1
        if (at < wall.grid) setSelected(at)
      } else if (event.key === 'f' || event.key === 'F') void stage.current?.requestFullscreen().catch(() => undefined)
      else if (event.key === 'Enter' && event.target === document.body) setHot(hot === null ? selected : null)
      else if (event.key === 'Escape') setHot(null)
    }
    addEventListener('keydown', key)
    return () => removeEventListener('keydown', key)
  })

  const camerasPanel = (
    <Answered answer={cameras}>
      {(data) => <CameraList cameras={data} open={new Set(shown)} onOpen={(camera) => place(camera)} />}
    </Answered>
  )
  const side = Math.sqrt(wall.grid)
  return (
    <div className="display">
      <div className="display-bar">
        <h1>{t('live.title')}</h1>
        {!wide && <Button icon={<UnorderedListOutlined />} aria-label={t('live.cameraList')} onClick={() => setList(true)} />}
        <span className="spring" />
        <Segmented
          aria-label={t('live.grid')}
          value={wall.grid}
          options={GRIDS.map((grid) => ({ value: grid, label: String(grid), title: t('live.tiles', { n: grid }) }))}
          onChange={(grid) => {
            setHot(null)
            setWall({ ...wall, grid })
          }}
        />
        <Button disabled={cameras.data === undefined} onClick={fill}>{t('live.fill')}</Button>
        {wide && <Button onClick={() => { setHot(null); setWall({ ...wall, cameras: [] }) }}>{t('live.clear')}</Button>}
        <Button icon={<FullscreenOutlined />} aria-label={t('live.fullScreen')} title={`${t('live.fullScreen')} (F)`} onClick={() => void stage.current?.requestFullscreen().catch(() => undefined)} />
      </div>
      <div className="display-body">
        {wide && <aside className="side" aria-label={t('live.list')}>{camerasPanel}</aside>}
        <Drawer open={list && !wide} size={300} placement="left" title={t('live.cameraList')} onClose={() => setList(false)}>
          {camerasPanel}
        </Drawer>
        <div
          ref={stage}
          className={`wall${hot === null ? '' : ' has-hot'}`}
          style={{ '--side': String(wide ? side : Math.min(side, 2)), '--tall': String(wall.grid > 4 ? 2 : 1) } as React.CSSProperties}
        >
          {Array.from({ length: wall.grid }, (_, at) => {
            const camera = known.get(wall.cameras[at] ?? '')
            const mark = `cell${at === selected ? ' selected' : ''}${hot === at ? ' hot' : ''}`
            return (
              <div
                key={camera?.id ?? `free-${at}`}
                className={mark}
                onClick={() => setSelected(at)}
                onDragOver={(event) => event.preventDefault()}
                onDrop={(event) => {
                  event.preventDefault()
                  const dropped = event.dataTransfer.getData('text/camera')
                  if (known.has(dropped)) place(dropped, at)
                }}
              >
                {camera === undefined ? (
                  <button type="button" className="tile free" aria-label={`${t('live.tile', { n: at + 1 })} ${t('live.empty')}`} onClick={() => { setSelected(at); if (!wide) setList(true) }}>
                    {t('live.empty')}
                  </button>
                ) : (
                  <LiveTile
                    camera={camera}
                    large={hot === at || wall.grid === 1}
                    hot={hot === at}
                    book={book}
                    doors={doors}
                    onClose={() => close(at)}
                    onHot={() => setHot(hot === at ? null : at)}
                  />
                )}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
