// The Natural Earth projection: the polynomials of Šavrič, Patterson and Jenny, "The Natural Earth II world map projection"
// and their 2011 fit of the first one. Degrees in; x to the east and y to the south out, in radii of the globe.

const RADIAN = Math.PI / 180;

export function project(lon, lat) {
  const a = lat * RADIAN, a2 = a * a, a4 = a2 * a2;
  const x = lon * RADIAN * (0.8707 - 0.131979 * a2 + a4 * (-0.013791 + a4 * (0.003971 * a2 - 0.001529 * a4)));
  const y = a * (1.007226 + a2 * (0.015085 + a4 * (-0.044475 + 0.028874 * a2 - 0.005916 * a4)));
  return [x, -y];
}

export const HALF_WIDTH = project(180, 0)[0];
export const HALF_HEIGHT = project(0, -90)[1];

// Where the map ends: the meridians of 180° and the poles, as points.
export function rim() {
  const points = [];
  for (let lat = -90; lat <= 90; lat += 2) points.push(project(180, lat));
  for (let lat = 90; lat >= -90; lat -= 2) points.push(project(-180, lat));
  return points;
}
