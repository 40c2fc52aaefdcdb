/** Every role, in the order in which people choose. */
import type { Role } from '../api/generated'

export const ROLES: Role[] = ['administrator', 'security', 'unit_manager', 'duty', 'approver', 'officer', 'registrar', 'planner', 'auditor']
