#pragma once

namespace bcr::pedsynth {

class Canvas;
class Projection;
struct Identity;
struct Skeleton;

// Each draws nothing for a person without that bag. The caller decides the order: what is worn on
// the back is drawn before the torso when the person faces the camera, after it otherwise.
void DrawBackBag(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p);
void DrawStraps(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p);
void DrawSideBag(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p);

}  // namespace bcr::pedsynth
