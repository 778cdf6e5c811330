using Akka.Configuration;

namespace RaftActors.Persistence.Settings;

/// <summary>The settings of the journal and the snapshot store of one node. The reference.conf describes each.</summary>
/// <param name="CallTimeout">For one write or one page, with all attempts.</param>
/// <param name="Directory">Where the processes of this node keep the files of their events. Null: in temporary folders.</param>
internal sealed record PersistenceSettings(
    string Group,
    int Shards,
    long EventsMax,
    long SizeMaxBytes,
    int WriteSizeMaxBytes,
    int PageSizeBytes,
    TimeSpan CallTimeout,
    string? Directory)
{
    private static readonly string Reference = ReadReference();

    public static Config Defaults { get; } = ConfigurationFactory.ParseString(Reference);

    /// <param name="config">The whole configuration, with the defaults of <c>raft</c>.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static PersistenceSettings Read(Config config)
    {
        var all = config.WithFallback(Defaults);
        Raft.CheckLibrary(all, Reference);
        var own = all.GetConfig("raft-persistence");
        var group = own.GetString("group") ?? "";
        if (group.Length == 0 || group.Contains('@') || group.Contains('.'))
        {
            throw new RaftConfigurationException($"raft-persistence.group is '{group}'; it must be a name without @ and without dots.");
        }

        var directory = own.GetString("directory");
        return new PersistenceSettings(
            group,
            own.GetInt("shards"),
            own.GetLong("events-max"),
            own.GetByteSize("size-max")!.Value, // Justification: it was checked, as the other sizes were.
            (int)own.GetByteSize("write-size-max")!.Value,
            (int)own.GetByteSize("page-size")!.Value,
            own.GetTimeSpan("call-timeout"),
            string.IsNullOrEmpty(directory) ? DirectoryBeside(all.GetString("raft.store.directory")) : directory);
    }

    /// <summary>The settings of raft that these groups need, below those of the application.</summary>
    public Config ForRaft() => ConfigurationFactory.ParseString(string.Join(
        '\n', Enumerable.Range(0, Shards).Select(shard => $"raft.groups.\"{Group}-{shard}\".pair-size-max = {WriteSizeMaxBytes}b")));

    private static string? DirectoryBeside(string? store) => string.IsNullOrEmpty(store)
        ? null
        : $"{Path.TrimEndingDirectorySeparator(store)}-events";

    private static string ReadReference()
    {
        var assembly = typeof(PersistenceSettings).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream("RaftActors.Persistence.reference.conf")!);
        return reader.ReadToEnd();
    }
}
