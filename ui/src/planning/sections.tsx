/** Everything about planning that the page of a system shows, by who looks and who builds. */
import { useSession } from '../frame/context'
import { has } from '../frame/roles'
import { AcceptanceSection } from './acceptance'
import { ProcurementSection, ReuseSection } from './procurement'
import { ChecklistSection, WorksSection } from './works'

/** `own`: the system is of the asker's unit; `government`: it is built by government. */
export function PlanningSections(props: { system: string; own: boolean; government: boolean; onChanged?: () => Promise<void> }) {
  const session = useSession()
  const may = props.own && has(session, 'unit_manager', 'planner')
  const changed = props.onChanged === undefined ? {} : { onChanged: props.onChanged }
  return (
    <>
      {props.own && props.government && has(session, 'planner') && <ReuseSection system={props.system} {...changed} />}
      {props.government && <AcceptanceSection system={props.system} {...changed} />}
      <WorksSection system={props.system} may={may} />
      <ChecklistSection system={props.system} may={may} />
      {props.own && has(session, 'unit_manager', 'planner', 'auditor') && <ProcurementSection system={props.system} may={may} />}
    </>
  )
}
