/** Moves or turns a signed camera by a recorded decision; says before what will follow. */
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'

import { useMoveCamera, type MoveForm, type SitingOut } from '../api/generated'
import { ArticleChip, Problem } from '../frame/parts'
import { PositionFields } from './position'

export function MoveCamera(props: { siting: SitingOut; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { siting } = props
  const [form] = Form.useForm<MoveForm>()
  const move = useMoveCamera({
    onSuccess: async () => {
      await client.invalidateQueries()
      props.onClose()
    },
  })
  return (
    <Modal
      open
      title={t('siting.moveTitle')}
      okText={t('siting.move')}
      cancelText={t('common.cancel')}
      confirmLoading={move.isPending}
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Alert type="warning" className="spaced" title={t('siting.moveFollows')} description={<>{t('siting.moveRecords')} <ArticleChip matter="change" /></>} />
      <Form
        form={form}
        layout="vertical"
        requiredMark="optional"
        initialValues={siting}
        onFinish={(words) => move.mutate({ camera: siting.camera, data: { ...words, decision: words.decision.trim() } })}
      >
        <Form.Item
          name="decision"
          label={t('siting.moveDecision')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }, { min: 4, message: t('access.useShort') }]}
        >
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('siting.movePlaceholder')} />
        </Form.Item>
        <PositionFields siting={siting} />
        {move.error !== null && <Problem problem={move.error} />}
      </Form>
    </Modal>
  )
}
