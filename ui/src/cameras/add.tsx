/** A camera's record, new or changed: the stream can be tested first; a refusal shows its arithmetic. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Descriptions, Drawer, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import { addCamera, changeCamera, probeCamera, probeStoredCamera, type CameraChange, type CameraRecord, type MeasuredOut, type NewCamera, type ProbeRequest } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { Problem } from '../frame/parts'
import { rate } from '../frame/time'
import { Certificate, shownCertificate } from './certificate'

interface Words extends Omit<NewCamera, 'expected_bitrate_bps' | 'transport' | 'engine'>, Required<Pick<NewCamera, 'transport' | 'engine'>> {
  expected_mbps?: number | null
}

const PLAIN = ['name', 'place', 'url', 'sub_url', 'user', 'transport', 'engine', 'audio_basis', 'tls_sha256'] as const
const TLS = /^\s*rtsps:/i

/** Only what differs from the record: a field left alone, and an empty password, stay as they are. */
export function changes(camera: CameraRecord, words: Words): CameraChange {
  const changed: Record<string, string | number | string[]> = {}
  for (const field of PLAIN) {
    const value = words[field] ?? ''
    if (value !== camera[field]) changed[field] = value
  }
  if (words.password !== undefined && words.password !== '') changed['password'] = words.password
  const hosts = [...(words.redirect_hosts ?? [])].sort()
  if (hosts.join() !== camera.redirect_hosts.join()) changed['redirect_hosts'] = hosts
  const rate_bps = words.expected_mbps == null ? camera.expected_bitrate_bps : Math.round(words.expected_mbps * 1e6)
  if (rate_bps !== camera.expected_bitrate_bps) changed['expected_bitrate_bps'] = rate_bps
  return changed
}

function body(words: Words): NewCamera {
  const { expected_mbps, ...rest } = words
  const filled = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== '')) as unknown as NewCamera
  return expected_mbps === undefined || expected_mbps === null ? filled : { ...filled, expected_bitrate_bps: Math.round(expected_mbps * 1e6) }
}

/** What a stream test needs of a record that does not exist yet. */
function tried(words: Words): ProbeRequest {
  const { url, user, password, transport, engine, audio_basis, redirect_hosts, tls_sha256 } = words
  return {
    url, transport, engine,
    user: user ?? '', password: password ?? '', audio_basis: audio_basis ?? '', redirect_hosts: redirect_hosts ?? [], tls_sha256: tls_sha256 ?? '',
  }
}

function MeasuredFacts(props: { measured: MeasuredOut }) {
  const { t } = useTranslation()
  const { measured } = props
  return (
    <Descriptions
      size="small"
      column={2}
      bordered
      className="spaced"
      title={t('cameras.measured')}
      items={[
        { key: 'codec', label: t('cameras.codec'), children: measured.codec.toUpperCase() },
        { key: 'size', label: t('cameras.size'), children: `${measured.width}×${measured.height}` },
        { key: 'fps', label: t('cameras.fps'), children: measured.fps.toFixed(1) },
        { key: 'rate', label: t('cameras.rate'), children: rate(measured.bitrate_bps) },
        { key: 'gop', label: t('cameras.gop'), children: `${measured.gop_s.toFixed(1)} s` },
        { key: 'audio', label: t('cameras.audio'), children: measured.audio ?? t('common.none') },
      ]}
    />
  )
}

/** Without `camera` a new record, with it a change of that record. */
export function CameraForm(props: { camera?: CameraRecord; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { camera } = props
  const client = useQueryClient()
  const [form] = Form.useForm<Words>()
  const atField = (problem: unknown): void => {
    if (shownCertificate(problem) !== null) return // its own panel says more
    if (problem instanceof Refusal && problem.facts.field != null && problem.facts.field in form.getFieldsValue()) {
      form.setFields([{ name: problem.facts.field as keyof Words, errors: [problem.text] }])
    }
  }
  const probe = useMutation({
    mutationFn: (words: Words) => (camera === undefined ? probeCamera(tried(words)) : probeStoredCamera(camera.id, changes(camera, words))),
    onError: atField,
    onSuccess: (measured) => {
      if (form.getFieldValue('expected_mbps') == null) form.setFieldValue('expected_mbps', Math.ceil(measured.bitrate_bps / 1e5) / 10)
    },
  })
  const save = useMutation({
    mutationFn: (words: Words) => (camera === undefined ? addCamera(body(words)) : changeCamera(camera.id, changes(camera, words))),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: camerasQuery.queryKey })
      if (camera !== undefined) message.success(t('cameras.changed'))
      props.onClose()
    },
    onError: atField,
  })
  const test = async (): Promise<void> => {
    await form.validateFields(['url'])
    probe.mutate(form.getFieldsValue())
  }
  const shown = shownCertificate(probe.error)
  const trust = (sha256: string): void => {
    form.setFields([{ name: 'tls_sha256', value: sha256, errors: [] }])
    probe.mutate({ ...form.getFieldsValue(), tls_sha256: sha256 })
  }
  const secure = [Form.useWatch('url', form), Form.useWatch('sub_url', form)].some((url) => TLS.test(url ?? ''))
  const finish = (words: Words): void => {
    if (camera !== undefined && Object.keys(changes(camera, words)).length === 0) message.info(t('cameras.unchanged'))
    else save.mutate(words)
  }
  const initial: Partial<Words> =
    camera === undefined
      ? { transport: 'tcp', engine: 'native' }
      : {
          ...Object.fromEntries(PLAIN.map((field) => [field, camera[field]])),
          redirect_hosts: camera.redirect_hosts,
          expected_mbps: camera.expected_bitrate_bps / 1e6,
        }
  const title = t(camera === undefined ? 'cameras.add' : 'cameras.change')
  const required = [{ required: true, message: t('common.required') }]
  const address = [...required, { pattern: /^rtsps?:\/\/[^@\s]+$/i, message: t('cameras.urlHint') }]
  return (
    <Drawer open size={480} title={title} onClose={props.onClose} extra={<Button type="primary" loading={save.isPending} onClick={() => form.submit()}>{t(camera === undefined ? 'cameras.submit' : 'cameras.save')}</Button>}>
      <Form<Words> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={finish}>
        {camera !== undefined && <Alert type="info" className="spaced" title={t('cameras.changeEffect')} />}
        <Form.Item name="name" label={t('cameras.name')} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="place" label={t('cameras.place')} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="url" label={t('cameras.url')} extra={t('cameras.urlHint')} rules={address}>
          <Input maxLength={2000} placeholder="rtsp://192.0.2.10:554/main" />
        </Form.Item>
        <Form.Item name="sub_url" label={t('cameras.subUrl')} extra={t('cameras.subHint')}>
          <Input maxLength={2000} placeholder="rtsp://192.0.2.10:554/sub" />
        </Form.Item>
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Form.Item name="user" label={t('cameras.user')} style={{ flex: 1 }}>
            <Input autoComplete="off" maxLength={100} />
          </Form.Item>
          <Form.Item name="password" label={t('cameras.password')} extra={camera === undefined ? undefined : t('cameras.passwordKept')} style={{ flex: 1 }}>
            <Input.Password autoComplete="new-password" maxLength={256} />
          </Form.Item>
        </div>
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Form.Item name="transport" label={t('cameras.transport')} style={{ flex: 1 }}>
            <Select options={[{ value: 'tcp', label: 'TCP' }, { value: 'udp', label: 'UDP' }]} />
          </Form.Item>
          <Form.Item name="engine" label={t('cameras.engine')} style={{ flex: 1 }}>
            <Select options={[{ value: 'native', label: t('cameras.native') }, { value: 'av', label: t('cameras.av') }]} />
          </Form.Item>
          <Form.Item name="expected_mbps" label={t('cameras.expected')} style={{ flex: 1 }}>
            <InputNumber min={0.01} max={200} step={0.1} suffix="Mb/s" style={{ width: '100%' }} />
          </Form.Item>
        </div>
        <Form.Item name="audio_basis" label={t('cameras.audioBasis')} extra={t('cameras.audioHint')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="redirect_hosts" label={t('cameras.redirectHosts')} extra={t('cameras.redirectHint')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',', '，', '、']} />
        </Form.Item>
        {secure && (
          <Form.Item name="tls_sha256" label={t('cameras.pin')} extra={t('cameras.pinHint')}>
            <Input allowClear maxLength={100} className="mono" />
          </Form.Item>
        )}
        <Button className="spaced" loading={probe.isPending} onClick={() => void test().catch(() => undefined)}>
          {t('cameras.test')}
        </Button>
        {probe.error !== null && <Problem problem={probe.error} />}
        {shown !== null && <Certificate shown={shown} recorded={probe.variables?.tls_sha256 ?? ''} onTrust={() => trust(shown.sha256)} />}
        {probe.data !== undefined && <MeasuredFacts measured={probe.data} />}
        {(probe.data?.gop_s ?? 0) > 4 && <Alert type="warning" className="spaced" title={t('cameras.longGop')} />}
        {save.error !== null && <Problem problem={save.error} />}
      </Form>
    </Drawer>
  )
}
