namespace RaftActors.Security;

/// <summary>Tells whether .NET offers TLS 1.3 on this machine, to both sides of a connection.</summary>
internal static class TlsSupport
{
    // The build of Windows Server 2022. Windows 11 has higher numbers.
    private const int FirstWindowsBuild = 20348;

    /// <summary>Refuses a machine without TLS 1.3. Without this check, each handshake would fail with a message of the system.</summary>
    /// <exception cref="RaftConfigurationException">This machine lacks TLS 1.3.</exception>
    public static void Demand() => Demand(
        OperatingSystem.IsMacOS(),
        OperatingSystem.IsWindows() && !OperatingSystem.IsWindowsVersionAtLeast(10, 0, FirstWindowsBuild));

    /// <exception cref="RaftConfigurationException">The machine lacks TLS 1.3.</exception>
    public static void Demand(bool isMac, bool isOldWindows) => RaftConfigurationException.Demand(
        !isMac && !isOldWindows,
        $"raft.security needs TLS 1.3, which .NET does not offer to servers on {(isMac ? "macOS" : "Windows before 11 and Server 2022")}. "
        + "Run the node on another system, or leave raft.security out where the network is trusted.");
}
