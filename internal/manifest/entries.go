package manifest

// The layout of the file. Fields without an omitempty are always there.
type (
	// Manifest is a whole project.
	Manifest struct {
		Metadata  metadata            `json:"metadata"`
		Nodes     map[string]any      `json:"nodes"` // models and tests by unique id
		Sources   map[string]*source  `json:"sources"`
		ParentMap map[string][]string `json:"parent_map"`
		ChildMap  map[string][]string `json:"child_map"`
		Martlet   project             `json:"martlet"`
		lacking
	}
	// lacking is what dbt projects have and ours do not; readers of dbt's file
	// rely on the keys.
	lacking struct {
		Macros         nothing `json:"macros"`
		Docs           nothing `json:"docs"`
		Exposures      nothing `json:"exposures"`
		Metrics        nothing `json:"metrics"`
		Groups         nothing `json:"groups"`
		Selectors      nothing `json:"selectors"`
		Disabled       nothing `json:"disabled"`
		GroupMap       nothing `json:"group_map"`
		SavedQueries   nothing `json:"saved_queries"`
		SemanticModels nothing `json:"semantic_models"`
		UnitTests      nothing `json:"unit_tests"`
	}
	nothing struct{}

	metadata struct {
		DBTSchemaVersion string            `json:"dbt_schema_version"`
		DBTVersion       string            `json:"dbt_version"`
		GeneratedAt      string            `json:"generated_at"`
		InvocationID     string            `json:"invocation_id"`
		ProjectName      string            `json:"project_name"`
		AdapterType      string            `json:"adapter_type"`
		Env              map[string]string `json:"env"`
	}
	project struct {
		Description string `json:"description"`
		Timezone    string `json:"timezone"`
		Fingerprint string `json:"fingerprint"`
	}

	// resource is what every entry has.
	resource struct {
		UniqueID         string    `json:"unique_id"`
		ResourceType     string    `json:"resource_type"`
		Name             string    `json:"name"`
		PackageName      string    `json:"package_name"`
		FQN              []string  `json:"fqn"`
		Path             string    `json:"path"`
		OriginalFilePath string    `json:"original_file_path"`
		Database         *string   `json:"database"` // none
		Schema           string    `json:"schema"`
		Description      string    `json:"description"`
		Tags             []string  `json:"tags"`
		DependsOn        dependsOn `json:"depends_on"`
	}
	dependsOn struct {
		Macros []string `json:"macros"`
		Nodes  []string `json:"nodes"`
	}
	checksum struct {
		Name     string `json:"name"`
		Checksum string `json:"checksum"`
	}
	column struct {
		Name        string       `json:"name"`
		Description string       `json:"description"`
		DataType    string       `json:"data_type"`
		Tags        []string     `json:"tags"`
		Martlet     columnDetail `json:"martlet"`
	}
	columnDetail struct {
		Index    int      `json:"index"` // from 1
		Nullable bool     `json:"nullable"`
		PII      bool     `json:"pii"`
		Lineage  []string `json:"lineage"`
	}

	source struct {
		resource
		SourceName        string            `json:"source_name"`
		SourceDescription string            `json:"source_description"`
		Identifier        string            `json:"identifier"`
		Loader            string            `json:"loader"`
		RelationName      string            `json:"relation_name"`
		Columns           map[string]column `json:"columns"`
		Config            sourceConfig      `json:"config"`
		Martlet           sourceDetail      `json:"martlet"`
	}
	sourceConfig struct {
		Enabled bool     `json:"enabled"`
		Tags    []string `json:"tags"`
	}
	sourceDetail struct {
		Fingerprint string   `json:"fingerprint"`
		Grain       []string `json:"grain"`
		Workbook    string   `json:"workbook,omitempty"`
		Sheet       string   `json:"sheet,omitempty"`
		Seed        string   `json:"seed"`
	}

	model struct {
		resource
		Alias    string            `json:"alias"`
		Checksum checksum          `json:"checksum"`
		Columns  map[string]column `json:"columns"`
		Config   modelConfig       `json:"config"`
		Martlet  modelDetail       `json:"martlet"`
	}
	modelConfig struct {
		Enabled      bool     `json:"enabled"`
		Tags         []string `json:"tags"`
		Materialized string   `json:"materialized"` // table where it is published
	}
	modelDetail struct {
		Fingerprint string   `json:"fingerprint"`
		Grain       []string `json:"grain"`
		Layer       string   `json:"layer,omitempty"`
		Formats     []string `json:"formats"`
	}

	test struct {
		resource
		Alias        string        `json:"alias"`
		Checksum     checksum      `json:"checksum"`
		ColumnName   *string       `json:"column_name"`
		AttachedNode string        `json:"attached_node"`
		TestMetadata *testMetadata `json:"test_metadata,omitempty"` // of a generic test
		Config       testConfig    `json:"config"`
		Martlet      testDetail    `json:"martlet"`
	}
	testMetadata struct {
		Name   string            `json:"name"`
		Kwargs map[string]string `json:"kwargs"`
	}
	testConfig struct {
		Enabled      bool     `json:"enabled"`
		Tags         []string `json:"tags"`
		Severity     string   `json:"severity"`
		Materialized string   `json:"materialized"`
		Where        *string  `json:"where"`
		WarnIf       string   `json:"warn_if"`
		ErrorIf      string   `json:"error_if"`
		Limit        *int64   `json:"limit"`
		Store        bool     `json:"store_failures"`
	}
	testDetail struct {
		Fingerprint string `json:"fingerprint"`
		Kind        string `json:"kind"`
		Expected    string `json:"expected"`
		Proved      string `json:"proved,omitempty"`
		PII         bool   `json:"pii"`
		Grain       bool   `json:"grain"`
	}
)
