import type { PlaceFields, PlaceOut } from '../api/generated'

/** All that is said about a place, as a change has to send it: what is left out would be taken off the record. */
export function fieldsOf(place: PlaceOut): PlaceFields {
  const { name, kind, territory, address, longitude, latitude, datum, sector, anti_terror, telephone, capacity, legal_basis, floors } = place
  return { name, kind, territory, address, longitude, latitude, datum, sector, anti_terror, telephone, capacity, legal_basis, floors }
}
