using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>
/// Reads single settings of <c>raft</c>, or of a group. Each method throws a <see cref="RaftConfigurationException"/> if the value has the
/// wrong type or is out of bounds.
/// </summary>
internal static class SettingReader
{
    public static bool ReadFlag(this Config raft, string key) => raft.ReadText(key) == "on";

    /// <summary>Reads a choice whose words are those of the enumeration.</summary>
    public static T ReadChoice<T>(this Config raft, string key)
        where T : struct, Enum => Enum.Parse<T>(raft.ReadText(key).Replace("-", "", StringComparison.Ordinal), ignoreCase: true);

    public static string ReadText(this Config raft, string key) => (string)raft.Read(key);

    public static string[] ReadList(this Config raft, string key) => (string[])raft.Read(key);

    public static int ReadNumber(this Config raft, string key) => (int)(decimal)raft.Read(key);

    public static long ReadSize(this Config raft, string key) => (long)(decimal)raft.Read(key);

    public static TimeSpan ReadTime(this Config raft, string key) =>
        TimeSpan.FromTicks((long)((decimal)raft.Read(key) * TimeSpan.TicksPerMillisecond));

    /// <returns>Null: it is off.</returns>
    public static TimeSpan? ReadTimeOrOff(this Config raft, string key) => raft.ReadTime(key) is { Ticks: > 0 } time ? time : null;

    private static object Read(this Config raft, string key) => SettingTable.OfRaft[key].Read(raft, SettingTable.OfRaft);
}
