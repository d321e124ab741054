"""What the audited system offered, endpoint by endpoint, and the command line that does it here.

A row runs its `before` lines, then its own, and looks for what it `shows`: values of the JSON it prints, as
"path=value" with _ for a space, or words of its text. `then` is a line that shows the effect; `gone` one that finds
nothing any more. Words in braces are made when a row needs them: a server, a take, a job, a file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    endpoint: str
    line: str
    shows: str = ""
    before: tuple[str, ...] = ()
    then: str = ""
    then_shows: str = ""
    gone: str = ""


_STILL = "--kind image --server animatic"
_ADD = f"queue add chorus/hero {_STILL}"
_STUDIO = "comfyui add studio {url}"
_ADA = "character create Ada --trigger adagirl"
_NOIR = "template create Noir --prompt grain --category mine"
_TAKE_IN_POOL = "media pool add {still} --name hero --tag night"

#: The 57 endpoints of its API, version 1, in their order.
ENDPOINTS = (
    Row("GET /", "--version", "vidctl"),
    Row("GET /health", "health", "status=healthy store=SQLite"),
    Row("POST /comfyui/servers", _STUDIO, "slug=studio is_active=True"),
    Row("GET /comfyui/servers", "comfyui list", "total=1 items.0.slug=studio", (_STUDIO,)),
    Row("GET /comfyui/servers/{id}/info", "comfyui info studio", "check.is_online=True server.slug=studio", (_STUDIO,)),
    Row("PUT /comfyui/servers/{id}", "comfyui update studio --name Attic", "name=Attic", (_STUDIO,)),
    Row(
        "DELETE /comfyui/servers/{id}",
        "comfyui remove studio --yes",
        "name=studio",
        (_STUDIO,),
        gone="comfyui info studio",
    ),
    Row("POST /projects", "project create Rain --description wet", "slug=rain description=wet"),
    Row("GET /projects", "project list", "total=1 items.0.slug=neon-nights"),
    Row("GET /projects/{id}", "project show neon-nights", "slug=neon-nights"),
    Row("GET /projects/{id}/with-scenes", "project show --tree", "scenes.0.slug=verse scenes.1.clips.0.slug=hero"),
    Row("PUT /projects/{id}", "project update --description dark", "description=dark name=Neon_Nights"),
    Row("GET /projects/{id}/clips", "clip list", "total=3 items.0.path=neon-nights/verse/street"),
    Row(
        "DELETE /projects/{id}", "project delete neon-nights --yes", "deleted.clips=3", gone="project show neon-nights"
    ),
    Row("POST /scenes", "scene create Bridge --lyrics la", "path=neon-nights/bridge lyrics=la"),
    Row("GET /scenes/project/{id}", "scene list", "total=2 items.1.slug=chorus"),
    Row("GET /scenes/{id}", "scene show chorus", "slug=chorus"),
    Row("PUT /scenes/{id}", "scene update chorus --lyrics la", "lyrics=la name=Chorus"),
    Row("DELETE /scenes/{id}", "scene delete chorus --yes", "deleted.clips=2", gone="clip show chorus/hero"),
    Row("GET /scenes/{id}/timeline-analysis", "scene analyze chorus", "total_clips=2 has_issues=False"),
    Row("POST /clips", "clip create chorus Rain --length 2 --image wet", "path=neon-nights/chorus/rain length=2.0"),
    Row("GET /clips/scene/{id}", "clip list --scene chorus", "total=2 items.1.slug=crowd"),
    Row("GET /clips/{id}", "clip show chorus/hero", "slug=hero image_prompt=a_singer"),
    Row("GET /clips/{id}/gallery", "clip gallery chorus/hero", "images.0.id={still} selected_image_id={still}"),
    Row("PUT /clips/{id}", "clip update chorus/hero --lyrics la", "lyrics=la image_prompt=a_singer"),
    Row("PUT /clips/{id}/timeline-position", "clip move chorus/hero --at 4", "clip.timeline_position=4.0"),
    Row(
        "PUT /clips/{id}/prompts",
        "clip prompt chorus/hero --image rain",
        "image_prompt=rain video_prompt=a_singer_turns",
    ),
    Row("DELETE /clips/{id}", "clip delete chorus/hero --yes", "deleted.clips=1", gone="clip show chorus/hero"),
    Row("POST /media/projects/{id}/upload-music", "media music neon-nights {song}", "project=neon-nights duration=2.0"),
    Row("POST /media/upload-face-image", "media face {face}", "original_name=face.png width=512"),
    Row(
        "POST /generate",
        "generate image chorus/hero --server animatic",
        "succeeded=1",
        then="clip show chorus/hero",
        then_shows="images=1",
    ),
    Row("POST /generate/batch", f"batch run scene:chorus {_STILL}", "status=queued total=2"),
    Row("GET /generate/batch/{id}", "batch status {batch}", "id={batch} asked=2 jobs.0.status=queued"),
    Row("GET /generate/batches", "batch list", "total=1 items.0.status=queued", (f"batch run scene:chorus {_STILL}",)),
    Row(
        "POST /queue/jobs",
        _ADD,
        "ahead=0 jobs.0.status=queued",
        then="queue list --status queued",
        then_shows="total=1",
    ),
    Row("GET /queue/jobs", "queue list --status queued", "total=1 items.0.id={job}"),
    Row("GET /queue/status", "queue status", "counts.queued=1 servers.1.name=animatic", (_ADD,)),
    Row("GET /queue/jobs/{id}", "queue show {job}", "id={job} status=queued"),
    Row("GET /queue/projects/{id}/jobs", "queue list --project neon-nights", "total=1", (_ADD,)),
    Row("POST /queue/servers/{id}/register", "comfyui update studio --slots 2", "slots=2", (_STUDIO,)),
    Row("GET /queue/servers/{id}/next", "queue work --max-jobs 1", "succeeded=1", (_ADD,)),
    Row(
        "POST /queue/jobs/{id}/complete",
        "queue work --until-empty",
        "succeeded=1",
        ("queue show {job}",),
        "queue show {job}",
        "status=succeeded",
    ),
    Row("POST /style-templates", _NOIR, "slug=noir prompt=grain"),
    Row("GET /style-templates", "template list --category mine", "total=1 items.0.slug=noir", (_NOIR,)),
    Row("GET /style-templates/{id}", "template show noir", "slug=noir", (_NOIR,)),
    Row("PUT /style-templates/{id}", "template update noir --prompt rain", "prompt=rain", (_NOIR,)),
    Row("DELETE /style-templates/{id}", "template delete noir --yes", "name=Noir", (_NOIR,), gone="template show noir"),
    Row(
        "POST /style-templates/{id}/use",
        "generate image chorus/hero --server animatic",
        "succeeded=1",
        (_NOIR, "template apply noir chorus/hero"),
        "template show noir",
        "use_count=1",
    ),
    Row("POST /characters", _ADA, "slug=ada trigger_words=adagirl"),
    Row("GET /characters", "character list", "total=1 items.0.slug=ada", (_ADA,)),
    Row("GET /characters/{id}", "character show ada", "slug=ada", (_ADA,)),
    Row("PUT /characters/{id}", "character update ada --notes tall", "style_notes=tall trigger_words=adagirl", (_ADA,)),
    Row("DELETE /characters/{id}", "character delete ada --yes", "name=Ada", (_ADA,), gone="character show ada"),
    Row(
        "POST /characters/{id}/apply/{clip}",
        "character apply ada chorus/hero",
        "items.0.image_prompt=a_singer",
        (_ADA,),
        "clip list --where character:ada",
        "total=1 items.0.slug=hero",
    ),
    Row("GET /openai/videos/{id}", "openai show {video}", "id={video} status=completed"),
    Row("GET /openai/videos", "openai list --limit 5", "items.0.id={video}"),
    Row("DELETE /openai/videos/{id}", "openai delete {video} --yes", "deleted.videos=1", gone="openai show {video}"),
)

#: The routes below /api that had no twin in version 1, and what was added to the queue later. Not here: FaceFusion,
#: accounts and Civitai.
AREAS = (
    Row(
        "export fcpxml",
        "export fcpxml -o film.fcpxml",
        "format=fcpxml clips=3 missing.1=neon-nights/chorus/crowd",
        ("{film_take}",),
    ),
    Row(
        "export edl",
        "export edl -o film.edl",
        "format=edl clips=3 missing.1=neon-nights/chorus/crowd",
        ("{film_take}",),
    ),
    Row(
        "export resolve",
        "export resolve -o film.otio",
        "format=resolve clips=3 missing.1=neon-nights/chorus/crowd",
        ("{film_take}",),
    ),
    Row("export json", "export json -o film.json", "format=json clips=3"),
    Row("gallery", "clip select chorus/hero {second}", "selected_image_id={second}"),
    Row("scene alternates", "scene alternate chorus", "path=neon-nights/chorus-a1 alternate_number=1"),
    Row("clip alternates", "clip alternate chorus/hero", "name=Hero_A1 alternate_number=1"),
    Row("alternates are chosen", "clip promote chorus/hero-a1", "slug=hero", ("clip alternate chorus/hero",)),
    Row("timeline", "project timeline", "scenes.1.clips.0.path=neon-nights/chorus/hero"),
    Row("timeline of a project", "project analyze", "total_clips=3"),
    Row("pool: add", _TAKE_IN_POOL, "items.0.slug=hero items.0.tags.0=night"),
    Row("pool: list", "media pool list --tag rain --tag night", "total=1", (_TAKE_IN_POOL,)),
    Row("pool: show", "media pool show hero", "slug=hero", (_TAKE_IN_POOL,)),
    Row("pool: update", "media pool tag hero --add rain", "items.0.tags.1=rain", (_TAKE_IN_POOL,)),
    Row(
        "pool: delete",
        "media pool remove hero --yes",
        "deleted.pool_items=1",
        (_TAKE_IN_POOL,),
        gone="media pool show hero",
    ),
    Row(
        "pool: apply to a clip",
        "media pool apply hero chorus/crowd",
        "takes.0.path=neon-nights/chorus/crowd",
        (_TAKE_IN_POOL,),
    ),
    Row("model types", "comfyui families", "items.0.name={any}"),
    Row("model type of a name", "comfyui detect sd_xl_base_1.0.safetensors", "family=sdxl"),
    Row("model defaults", "comfyui presets show sdxl quality", "name=quality values.steps={any}"),
    Row("model presets: list", "comfyui presets list sdxl", "items.0.subject=sdxl"),
    Row("model presets: create", "comfyui presets set sdxl mine --set steps=9", "name=mine values.steps=9"),
    Row(
        "model presets: delete",
        "comfyui presets reset sdxl quality --yes",
        "deleted.presets=1",
        ("comfyui presets set sdxl quality --set steps=9",),
    ),
    Row("sync models", "comfyui sync studio", "server=studio", (_STUDIO,)),
    Row("active models", "comfyui models studio --offline", "items.0.is_active=True", (_STUDIO, "comfyui sync studio")),
    Row("backends", "comfyui check", "items.0.is_online=True", (_STUDIO,)),
    Row("workflows", "comfyui workflows", "items.0.name={any}"),
    Row("character images", "character refs add ada {face} --role face", "added=1 items.0.role=face", (_ADA,)),
    Row("character profiles", "character sheet ada --views front --server animatic", "succeeded=1", (_ADA,)),
    Row("character samples", "character sample ada --count 2 --server animatic", "succeeded=2", (_ADA,)),
    Row("queue: cancel", "queue cancel {job}", "jobs.0.status=cancelled"),
    Row("queue: retry", "queue retry {job}", "jobs.0.status=queued", ("queue cancel {job}",)),
    Row("queue: delete", "queue delete {job}", "deleted=1", ("queue cancel {job}",), gone="queue show {job}"),
    Row("queue: clear", "queue clear --status cancelled --yes", "deleted=1", ("queue cancel {job}",)),
    Row(
        "import of its JSON export",
        "project import {storycanvas}",
        "project=old-film clips=1",
        then="clip list -p old-film",
        then_shows="total=1",
    ),
)
