/** The data sheet in the order in which people fill it in; a test holds it to the fields that the server knows. */
import type { SheetForm } from '../api/generated'

export type SheetField = Exclude<keyof SheetForm, 'cameras' | 'parties'>

export const SHEET_FIELDS: readonly { group: 'unit' | 'system' | 'operation'; fields: readonly SheetField[] }[] = [
  { group: 'unit', fields: ['unit_name', 'unit_code', 'unit_kind', 'legal_representative', 'safety_officer', 'safety_telephone', 'agent', 'agent_telephone'] },
  { group: 'system', fields: ['system_name', 'built_by', 'place_name', 'category', 'address', 'coordinates', 'delivered_on', 'entrances', 'accepted_on', 'acceptance'] },
  { group: 'operation', fields: ['storage_kind', 'storage_capacity', 'retention', 'network', 'monitoring_room', 'duty', 'signs', 'forbidden_places'] },
]
