/** The kept reference picture: shown when asked for, because every look at it is an entry in the register. */
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { showReferencePicture } from '../api/generated'
import { Problem } from '../frame/parts'

export function Reference(props: { camera: string; picture: string; children?: (address: string) => ReactNode }) {
  const { t } = useTranslation()
  const [address, setAddress] = useState<string | null>(null)
  const look = useMutation({
    mutationFn: () => showReferencePicture(props.camera),
    onSuccess: (picture) => setAddress(URL.createObjectURL(picture)),
  })
  useEffect(() => setAddress(null), [props.picture])
  useEffect(() => (address === null ? undefined : () => URL.revokeObjectURL(address)), [address])
  if (address !== null) return props.children?.(address) ?? <img className="reference" src={address} alt={t('siting.picture')} />
  return (
    <p>
      <Button loading={look.isPending} onClick={() => look.mutate()}>{t('siting.lookAgain')}</Button>
      {look.error !== null && <Problem problem={look.error} />}
    </p>
  )
}
