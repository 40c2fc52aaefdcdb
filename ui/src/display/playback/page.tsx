/** Playback: who, which cameras, which period and what for come first; the pictures follow the register entry. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import '../display.css'

import { closeView, getListPurposesQueryOptions, openView, type CameraOut, type ViewOut } from '../../api/generated'
import { useCamerasWith } from '../../api/queries'
import { serverNow, useSession } from '../../frame/context'
import { Answered, ArticleChip, Nothing, PageHead, Problem } from '../../frame/parts'
import { TimeRange } from '../../frame/range'
import { has } from '../../frame/roles'
import type { PlaybackSearch } from '../../frame/routes'
import { DarkRoom } from '../dark_room'
import { onLeavingPage } from '../leaving'
import { Grounds } from './grounds'
import { Player } from './player'

const HOUR = 3_600_000
const PERIODS = { lastHour: HOUR, lastDay: 24 * HOUR, lastWeek: 7 * 24 * HOUR, allKept: 31 * 24 * HOUR } as const
const MAX_CAMERAS = 4
const DRAFT = 'mingjian.playback-purpose'

type PeriodName = keyof typeof PERIODS | 'custom'

interface Words {
  cameras: string[]
  period: PeriodName
  range?: [Dayjs, Dayjs]
  ground: string
  purpose: string
}

export interface Opened {
  view: ViewOut
  cameras: CameraOut[]
  start_ms: number
  end_ms: number
}

function draft(): string {
  try {
    return sessionStorage.getItem(DRAFT) ?? ''
  } catch {
    return ''
  }
}

function Chooser(props: { cameras: CameraOut[]; search: PlaybackSearch; onOpened: (opened: Opened) => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Words>()
  const period = Form.useWatch('period', form)
  const grounds = useQuery(getListPurposesQueryOptions())
  const manages = has(useSession(), 'unit_manager')
  const asked = (props.search.cameras ?? '').split(',').filter((id) => props.cameras.some((camera) => camera.id === id))
  const open = useMutation({
    mutationFn: async (words: Words): Promise<Opened> => {
      const end_ms = Math.round(serverNow())
      const [start, end] =
        words.period === 'custom' && words.range !== undefined
          ? [words.range[0].valueOf(), words.range[1].valueOf()]
          : [end_ms - PERIODS[words.period === 'custom' ? 'lastDay' : words.period], end_ms]
      const view = await openView({ act: 'playback', cameras: words.cameras, start_ms: start, end_ms: end, ground: words.ground, purpose: words.purpose.trim() })
      const byId = new Map(props.cameras.map((camera) => [camera.id, camera]))
      return { view, start_ms: start, end_ms: end, cameras: words.cameras.flatMap((id) => byId.get(id) ?? []) }
    },
    onSuccess: props.onOpened,
  })
  return (
    <div className="page chooser">
      <PageHead title={t('playback.title')} purpose={t('playback.purpose')} />
      <section className="panel">
        <Form<Words>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ cameras: asked.length > 0 ? asked.slice(0, MAX_CAMERAS) : props.cameras.slice(0, 1).map((camera) => camera.id), period: 'lastHour', purpose: draft() }}
          onValuesChange={(changed: Partial<Words>) => {
            if (changed.purpose === undefined) return
            try {
              sessionStorage.setItem(DRAFT, changed.purpose)
            } catch {
              // no storage: the draft lives only in the field
            }
          }}
          onFinish={(words) => open.mutate(words)}
        >
          <Form.Item name="cameras" label={t('playback.choose')} rules={[{ required: true, message: t('common.required') }, { type: 'array', max: MAX_CAMERAS, message: t('playback.tooMany') }]}>
            <Select mode="multiple" maxCount={MAX_CAMERAS} optionFilterProp="label" options={props.cameras.map((camera) => ({ value: camera.id, label: `${camera.name} · ${camera.place}` }))} />
          </Form.Item>
          <Form.Item name="period" label={t('playback.period')}>
            <Radio.Group>
              {(['lastHour', 'lastDay', 'lastWeek', 'allKept', 'custom'] as const).map((name) => (
                <Radio key={name} value={name}>{t(`playback.${name}`)}</Radio>
              ))}
            </Radio.Group>
          </Form.Item>
          {period === 'custom' && (
            <Form.Item name="range" label={`${t('playback.from')} – ${t('playback.to')}`} rules={[{ required: true, message: t('common.required') }]}>
              <TimeRange maxDate={dayjs()} />
            </Form.Item>
          )}
          <Form.Item name="ground" label={t('playback.ground')} extra={<>{t('playback.groundFrom')}{manages && grounds.data !== undefined && <Grounds grounds={grounds.data.purposes} copies={grounds.data.copies} />}</>} rules={[{ required: true, message: t('common.required') }]}>
            <Select
              loading={grounds.isPending}
              placeholder={t('playback.groundPlaceholder')}
              options={(grounds.data?.purposes ?? []).map((ground) => ({ value: ground, label: t(`ground.${ground}`, { defaultValue: ground }) }))}
            />
          </Form.Item>
          {grounds.error !== null && <Problem problem={grounds.error} retry={() => void grounds.refetch()} />}
          <Form.Item name="purpose" label={<>{t('playback.use')}&nbsp;<ArticleChip matter="register" /></>} rules={[{ required: true, whitespace: true, message: t('common.required') }, { min: 4, message: t('access.useShort') }]}>
            <Input maxLength={200} placeholder={t('playback.usePlaceholder')} />
          </Form.Item>
          <Alert type="info" title={t('playback.reason')} className="spaced" />
          {open.error !== null && <Problem problem={open.error} />}
          <Button type="primary" htmlType="submit" size="large" loading={open.isPending}>
            {t('playback.open')}
          </Button>
        </Form>
      </section>
    </div>
  )
}

export function PlaybackPage() {
  const { t } = useTranslation()
  const search = useSearch({ strict: false }) as PlaybackSearch
  const cameras = useCamerasWith(search.cameras)
  const [opened, setOpened] = useState<Opened | null>(null)
  const grant = opened?.view.grant
  useEffect(() => {
    if (grant === undefined) return
    const close = (): void => void closeView(grant).catch(() => undefined) // the server closes what nobody watches, later
    const stay = onLeavingPage(close)
    return () => {
      stay()
      close()
    }
  }, [grant])
  if (opened !== null) {
    return (
      <DarkRoom>
        <Player key={opened.view.grant} opened={opened} at_ms={search.t ?? null} onLeave={() => setOpened(null)} />
      </DarkRoom>
    )
  }
  return (
    <Answered answer={cameras}>
      {(data) =>
        data.length === 0 ? <Nothing text={t('live.noCameras')} /> : <Chooser cameras={data} search={search} onOpened={setOpened} />
      }
    </Answered>
  )
}
