"""The public contract, written out by hand: every shape with its fields, by the module of its noun.

Within a version fields may be added here, and none may be renamed or taken away: scripts of people rely on them.
"""

from __future__ import annotations

CONTRACT: dict[str, dict[str, str]] = {
    "base": {
        "DeletedDTO": "id name deleted change",
    },
    "batch_dtos": {
        "BatchGenerationJobDTO": "id clip_id character_id label generation_type status progress server take_ids error",
        "BatchGenerationStatusDTO": (
            "total succeeded failed cancelled open id project_id title generation_type status asked created_at "
            "progress started_at finished_at jobs"
        ),
        "BatchListResponseDTO": "items total next_after",
        "BatchResponseDTO": (
            "total succeeded failed cancelled open id project_id title generation_type status asked created_at"
        ),
        "RenderCountsDTO": "total succeeded failed cancelled open",
    },
    "character_dtos": {
        "CharacterCreateDTO": "name slug description trigger_words style_notes lora image_settings video_settings",
        "CharacterListResponseDTO": "items total next_after",
        "CharacterResponseDTO": (
            "id project_id slug name description trigger_words style_notes lora reference_images image_settings "
            "video_settings created_at updated_at"
        ),
        "CharacterUpdateDTO": "name slug description trigger_words style_notes lora image_settings video_settings",
        "ReferenceImageDTO": "asset_id name role file size width height",
        "ReferenceImageListDTO": "items total next_after character added warnings",
        "ReferenceImagesAddDTO": "pictures role",
    },
    "clip_dtos": {
        "ClipCreateDTO": (
            "name slug length timeline_position next_free before after lyrics notes tags image_prompt "
            "video_prompt negative_prompt"
        ),
        "ClipGalleryResponseDTO": "clip_id path images videos selected_image_id selected_video_id",
        "ClipListResponseDTO": "items total next_after",
        "ClipMovedDTO": "clip snapped_to overlaps",
        "ClipResponseDTO": (
            "id path project_id scene_id name slug order status locked tags notes original_id alternate_number "
            "version length frames timeline_position position_frame film_start film_frame lyrics image_prompt "
            "video_prompt negative_prompt image_settings video_settings character_ids characters template_id template "
            "selected_image_id selected_video_id source_start images videos created_at updated_at"
        ),
        "ClipTimelineUpdateDTO": "position scene before after snap force",
        "ClipUpdateDTO": (
            "name slug length order lyrics notes tags status image_prompt video_prompt negative_prompt "
            "image_settings video_settings"
        ),
        "ClipVersionDTO": "id version_number image_prompt video_prompt negative_prompt lyrics created_at is_active",
        "GeneratedContentDTO": (
            "id project_id clip_id character_id path view content_type is_selected rating tags note file size width "
            "height fps frames duration prompt negative_prompt seed workflow family model_name server_name "
            "render_seconds asset_id fingerprint generation_params created_at"
        ),
        "LoraConfigDTO": "name weight",
    },
    "comfyui_dtos": {
        "ComfyUIServerCreateDTO": "name url auth username secret headers slots",
        "ComfyUIServerDTO": "id slug name url server_type auth username secret header_names slots is_active created_at",
        "ComfyUIServerInfoDTO": "server check models",
        "ComfyUIServerListDTO": "items total next_after",
        "ComfyUIServerModelsDTO": "server folders",
        "ComfyUIServerUpdateDTO": "name url auth username secret headers slots active",
        "ModelDTO": "name folder family",
        "ServerCheckDTO": "name url is_online version devices queued running code problem fix",
        "ServerCheckListDTO": "items total next_after",
    },
    "demo_dtos": {
        "DemoResponseDTO": "project clips film assets store next_steps",
    },
    "doctor_dtos": {
        "CheckDTO": "name state found fix",
        "DoctorDTO": "healthy checks",
        "HealthDTO": "status vidctl store store_version location",
    },
    "explanation_dtos": {
        "ExplanationDTO": "renders",
        "ResolvedClipDTO": "clip image video",
        "ResolvedKindDTO": "generation_type workflow family values loras origins expansions note",
    },
    "generation_dtos": {
        "BatchGenerationRequestDTO": "server workflow preset settings count priority clips generation_type title",
        "CharacterSampleRequestDTO": "server workflow preset settings count priority character generation_type prompt",
        "CharacterSheetRequestDTO": (
            "server workflow preset settings count priority character generation_type views expressions poses"
        ),
        "DryRunDTO": "renders",
        "ExpansionDTO": "value source text expanded steps",
        "ExpansionStepDTO": "markup source chosen",
        "GenerationParamsDTO": "prompt negative model loras width height frames fps steps cfg sampler scheduler seed",
        "GenerationRequestDTO": "server workflow preset settings count priority clips generation_type",
        "GenerationResponseDTO": "total succeeded failed cancelled open batch_id jobs",
        "PortraitRequestDTO": "server workflow preset settings count priority character generation_type",
        "QueueJobRequestDTO": "server workflow preset settings count priority clips generation_type max_attempts",
        "RenderOptionsDTO": "server workflow preset settings count priority",
        "ResolvedRenderDTO": (
            "clip server backend workflow family width height frames fps seed fingerprint values loras origins "
            "expansions graph"
        ),
    },
    "history_dtos": {
        "ChangeSetDTO": "id action label kind project_id counts created undoes undone created_at",
        "ChangeSetDetailDTO": "id action label kind project_id counts created undoes undone created_at documents",
        "ChangeSetListDTO": "items total next_after",
        "ChangedFieldsDTO": "kind collection document_id name before after",
        "LostTieDTO": "clip noun name",
        "RestoredDTO": "change undo restored removed moved lost",
        "TrashEmptiedDTO": "changes documents",
    },
    "manifest_dtos": {
        "ArchiveResponseDTO": "project file size media documents",
        "ImportResponseDTO": (
            "project project_id scenes clips characters skipped_images skipped_videos skipped_urls notes"
        ),
        "ManifestChangeDTO": "field before after",
        "ManifestDumpDTO": "project file text media media_copied left_out",
        "ManifestResponseDTO": "project file applied dry_run created changed deleted kept steps warnings",
        "ManifestStepDTO": "mark noun path changes",
        "RestoreResponseDTO": "project project_id new_ids media new_media documents templates_kept",
    },
    "media_dtos": {
        "ExportResponseDTO": "project format file size frames fps seconds width height clips missing music",
        "LyricsResponseDTO": "project lines first_second last_second",
        "TidyResponseDTO": "removed files bytes",
        "UploadFaceImageResponseDTO": (
            "file_path original_name media_type width height size asset_id character warnings"
        ),
        "UploadMusicResponseDTO": "project file_path original_name media_type duration size asset_id",
    },
    "model_dtos": {
        "FamilyDTO": "name title kinds folders workflows presets default_preset multiple frame_offset frame_step fps",
        "FamilyListDTO": "items total next_after",
        "ModelFamilyDTO": "model family title reason other_task kinds workflows presets default_preset",
        "PresetDTO": "subject name family shipped changed is_default values loras origins",
        "PresetListDTO": "items total next_after",
        "PresetUpdateDTO": "name settings",
        "StoredModelDTO": "name folder family first_seen last_seen is_active",
        "StoredModelListDTO": "items total next_after server synced_at",
        "SyncDTO": "server synced_at total added returned gone",
        "WorkflowDTO": "name kind summary families parameters models",
        "WorkflowDetailDTO": "name kind summary families parameters models takes_loras requirements node_classes proof",
        "WorkflowListDTO": "items total next_after",
        "WorkflowParameterDTO": "name type required default minimum maximum description",
    },
    "openai_dtos": {
        "OpenAIRemixDTO": "prompt",
        "OpenAIVideoDTO": (
            "id status model progress prompt size seconds created_at completed_at expires_at remixed_from error"
        ),
        "OpenAIVideoListDTO": "items next_after",
        "OpenAIVideoQueryDTO": "limit after sort",
    },
    "pool_dtos": {
        "PoolAppliedDTO": "item takes",
        "PoolFilterDTO": "kind tags sort after limit",
        "PoolItemCreateDTO": "sources name description tags",
        "PoolItemListResponseDTO": "items total next_after",
        "PoolItemResponseDTO": (
            "id project_id name slug description content_type source_type source_clip_id tags file size width "
            "height fps frames duration prompt seed model_name server_name asset_id fingerprint created_at"
        ),
    },
    "project_dtos": {
        "ProjectCreateDTO": "name slug description width height fps drop_frame",
        "ProjectListResponseDTO": "items total next_after",
        "ProjectResponseDTO": (
            "id slug name description width height fps drop_frame notes variables music_file music_duration "
            "lyric_lines image_settings video_settings is_current created_at updated_at"
        ),
        "ProjectUpdateDTO": "name slug description width height fps drop_frame notes image_settings video_settings",
        "ProjectWithScenesDTO": (
            "id slug name description width height fps drop_frame notes variables music_file music_duration "
            "lyric_lines image_settings video_settings is_current created_at updated_at scenes"
        ),
        "SceneWithClipsDTO": (
            "id path project_id name slug order description lyrics notes tags variables image_settings "
            "video_settings original_id alternate_number start start_frame start_is_fixed duration frames "
            "created_at updated_at clips"
        ),
    },
    "queue_dtos": {
        "QueueChangedDTO": "jobs refused",
        "QueueDeletedDTO": "deleted",
        "QueueJobDetailDTO": (
            "id clip_id character_id label generation_type status progress server take_ids error batch_id "
            "project_id priority target prompt_id attempts max_attempts cancel_requested not_before created_at "
            "started_at finished_at request"
        ),
        "QueueJobListDTO": "items total next_after",
        "QueueJobResponseDTO": "batch_id ahead jobs warnings",
        "QueueJobStatusDTO": (
            "id clip_id character_id label generation_type status progress server take_ids error batch_id "
            "project_id priority target prompt_id attempts max_attempts cancel_requested not_before created_at "
            "started_at finished_at"
        ),
        "QueueServerRegistrationDTO": "server_id server_name slots",
        "QueueServerStatusDTO": "name running queued",
        "QueueStatusDTO": "counts servers workers oldest_queued",
        "QueueWorkerDTO": "id host pid batch_id servers started_at seen_at",
        "WorkSummaryDTO": "worker succeeded failed cancelled released retried",
    },
    "scene_dtos": {
        "SceneCreateDTO": "name slug description lyrics notes tags order before after start",
        "SceneListResponseDTO": "items total next_after",
        "SceneResponseDTO": (
            "id path project_id name slug order description lyrics notes tags variables image_settings "
            "video_settings original_id alternate_number start start_frame start_is_fixed duration frames "
            "created_at updated_at"
        ),
        "SceneUpdateDTO": "name slug description lyrics notes tags order start image_settings video_settings",
    },
    "schema_dtos": {
        "SchemaDTO": "name direction module summary",
        "SchemaListDTO": "items total next_after",
    },
    "take_dtos": {
        "PictureDTO": "width height rgb",
        "TagsDTO": "add remove",
        "TakeComparisonDTO": "items file",
        "TakeDetailDTO": (
            "id project_id clip_id character_id path view content_type is_selected rating tags note file size width "
            "height fps frames duration prompt negative_prompt seed workflow family model_name server_name "
            "render_seconds asset_id fingerprint generation_params created_at media_type has_audio original_name "
            "job_id prompt_id pool other_takes recipe"
        ),
        "TakeFileDTO": "id file opened",
        "TakeFilterDTO": "clips character kind tags rating sort after limit",
        "TakeListResponseDTO": "items total next_after",
        "TakeNoteDTO": "note",
        "TakeRatingDTO": "rating",
    },
    "template_dtos": {
        "StyleTemplateCreateDTO": (
            "name slug description category prompt negative_prompt image_settings video_settings is_public"
        ),
        "StyleTemplateListResponseDTO": "items total next_after",
        "StyleTemplateResponseDTO": (
            "id slug name description category source is_public prompt negative_prompt image_settings "
            "video_settings use_count created_at updated_at"
        ),
        "StyleTemplateUpdateDTO": (
            "name slug description category prompt negative_prompt image_settings video_settings is_public"
        ),
        "TemplateCopyDTO": "name",
        "TemplateExportDTO": "file templates",
        "TemplateFilterDTO": "category public built_in text sort after limit",
        "TemplateImportDTO": "file created replaced unchanged",
    },
    "timeline_dtos": {
        "GapDTO": "start end duration start_frame end_frame frames start_timecode end_timecode kind before after",
        "IssueDTO": "code severity text",
        "LateClipDTO": (
            "start end duration start_frame end_frame frames start_timecode end_timecode id path name position "
            "position_frame locked over over_frames"
        ),
        "MovedClipDTO": "id path old_position old_position_frame position position_frame",
        "OverlapDTO": (
            "start end duration start_frame end_frame frames start_timecode end_timecode first first_id second "
            "second_id"
        ),
        "PlacedClipDTO": (
            "start end duration start_frame end_frame frames start_timecode end_timecode id path name position "
            "position_frame locked"
        ),
        "ProjectTimelineDTO": (
            "start end duration start_frame end_frame frames start_timecode end_timecode project_id path fps "
            "drop_frame song lyrics scenes overlaps gaps"
        ),
        "RippleInsertDTO": "at by",
        "SpanDTO": "start end duration start_frame end_frame frames start_timecode end_timecode",
        "SuggestionDTO": "kind id path position position_frame command",
        "TimedLyricDTO": "start end duration start_frame end_frame frames start_timecode end_timecode text",
        "TimelineAnalysisDTO": (
            "project_id scene_id path fps total_clips summary overlaps gaps beyond_song suggestions issues has_issues"
        ),
        "TimelineEditDTO": "path applied moved seconds frames gaps",
        "TimelineSceneDTO": (
            "start end duration start_frame end_frame frames start_timecode end_timecode id path slug name "
            "start_is_fixed clips"
        ),
        "TimelineSummaryDTO": (
            "clips end end_frame end_timecode total total_frames covered covered_frames song song_frames overlaps "
            "gaps beyond_song"
        ),
    },
    "variable_dtos": {
        "VariablesDTO": "path variables",
        "VariablesUpdateDTO": "variables",
    },
    "version_dtos": {
        "ClipDiffDTO": "clip_id path from_version to_version texts",
        "ClipRestoredDTO": "clip_id path restored version changed",
        "ClipVersionListResponseDTO": "items total next_after clip_id path",
        "TextDiffDTO": "name before after pieces",
        "TextPieceDTO": "mark text",
    },
}
