namespace RaftTrials.Hostile;

/// <summary>
/// The budget of the attacks: the pause of each one after an attempt. The trial is about what an attempt does to a server. Attacks without
/// pauses would only show that two cores have no time left for servers and writers.
/// </summary>
internal static class Pace
{
    /// <summary>After a connection, most of which cost both sides a handshake of TLS.</summary>
    public static readonly TimeSpan Connection = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// After a connection of one of the 32 crowds of idle clients, until each has its 35. They may have all places after seven seconds.
    /// </summary>
    public static readonly TimeSpan IdleClient = TimeSpan.FromMilliseconds(200);

    /// <summary>After a turn of long paths or of a long name, which has up to 4 MB.</summary>
    public static readonly TimeSpan LongName = TimeSpan.FromMilliseconds(250);

    /// <summary>After <see cref="CallsPerFlood"/> calls.</summary>
    public static readonly TimeSpan Flood = TimeSpan.FromSeconds(3);

    /// <summary>After one turn of questions or of commands to the coordination group.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    /// <summary>A server that handled so many in one turn would send no heartbeat for half a second.</summary>
    public const int CallsPerFlood = 20_000;
}
