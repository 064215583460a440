-- Who is in a cluster of NetLab, in PostgreSQL 9.5 or later. `nlab node --join postgres://…` runs this by itself where orleansquery is missing.
-- The names of tables, columns and parameters are those by which Orleans' membership on ADO.NET asks (Orleans.Clustering.AdoNet);
-- what it asks with stands in orleansquery, a text a question. Orleans' own scripts, where they were run before, are left as they are.

CREATE TABLE orleansquery (
    querykey varchar(64) PRIMARY KEY,
    querytext text NOT NULL
);

-- One row a cluster: each change of its members counts its version up.
CREATE TABLE orleansmembershipversiontable (
    deploymentid varchar(150) PRIMARY KEY,
    timestamp timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 0
);

-- One row a node, as long as anything has to be known of it. A node that comes again has another generation.
CREATE TABLE orleansmembershiptable (
    deploymentid varchar(150) NOT NULL REFERENCES orleansmembershipversiontable,
    address varchar(45) NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    siloname varchar(150) NOT NULL,
    hostname varchar(150) NOT NULL,
    status integer NOT NULL,
    proxyport integer,
    suspecttimes text,
    starttime timestamptz(3) NOT NULL,
    iamalivetime timestamptz(3) NOT NULL,
    PRIMARY KEY (deploymentid, address, port, generation)
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', $query$
    WITH made AS (
        INSERT INTO orleansmembershipversiontable (deploymentid) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer FROM made
$query$),

-- Who writes has to have seen the newest version: of two that write at once the second waits for the first, and then changes nothing.
('InsertMembershipKey', $query$
    WITH counted AS (
        UPDATE orleansmembershipversiontable SET timestamp = now(), version = version + 1
        WHERE deploymentid = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT 1 FROM orleansmembershiptable WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING deploymentid),
    made AS (
        INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
        SELECT deploymentid, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM counted
        RETURNING 1)
    SELECT count(*)::integer FROM made
$query$),

('UpdateMembershipKey', $query$
    WITH counted AS (
        UPDATE orleansmembershipversiontable SET timestamp = now(), version = version + 1
        WHERE deploymentid = @DeploymentId AND version = @Version AND EXISTS (
            SELECT 1 FROM orleansmembershiptable WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING deploymentid),
    changed AS (
        UPDATE orleansmembershiptable AS node SET status = @Status, suspecttimes = @SuspectTimes::text, iamalivetime = @IAmAliveTime
        FROM counted WHERE node.deploymentid = counted.deploymentid AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING 1)
    SELECT count(*)::integer FROM changed
$query$),

('UpdateIAmAlivetimeKey', $query$
    UPDATE orleansmembershiptable SET iamalivetime = @IAmAliveTime
    WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$query$),

-- The version comes also where there is no such node.
('MembershipReadRowKey', $query$
    SELECT node.*, cluster.version FROM orleansmembershipversiontable AS cluster
    LEFT JOIN orleansmembershiptable AS node ON node.deploymentid = cluster.deploymentid AND address = @Address AND port = @Port AND generation = @Generation
    WHERE cluster.deploymentid = @DeploymentId
$query$),

('MembershipReadAllKey', $query$
    SELECT node.*, cluster.version FROM orleansmembershipversiontable AS cluster
    LEFT JOIN orleansmembershiptable AS node ON node.deploymentid = cluster.deploymentid
    WHERE cluster.deploymentid = @DeploymentId
$query$),

('GatewaysQueryKey', $query$
    SELECT address, proxyport, generation FROM orleansmembershiptable
    WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0
$query$),

-- 6 is a node that is dead (Orleans, SiloStatus).
('CleanupDefunctSiloEntriesKey', $query$
    DELETE FROM orleansmembershiptable WHERE deploymentid = @DeploymentId AND iamalivetime < @IAmAliveTime AND starttime < @IAmAliveTime AND status = 6
$query$),

('CleanupDefunctSiloEntryKey', $query$
    DELETE FROM orleansmembershiptable
    WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
        AND starttime = @StartTime AND iamalivetime = @IAmAliveTime AND suspecttimes IS NOT DISTINCT FROM @SuspectTimes::text
$query$),

('DeleteMembershipTableEntriesKey', $query$
    WITH gone AS (DELETE FROM orleansmembershiptable WHERE deploymentid = @DeploymentId)
    DELETE FROM orleansmembershipversiontable WHERE deploymentid = @DeploymentId
$query$);
