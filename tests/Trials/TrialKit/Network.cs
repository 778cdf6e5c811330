using Microsoft.Win32.SafeHandles;

namespace TrialKit;

/// <summary>
/// Hosts on this machine, each with a network namespace of its own, and a <see cref="Switch"/> between them. A namespace ends with
/// the processes in it. The first of them waits for the end of its input, so it ends with this program, even if this one is killed.
/// </summary>
internal sealed partial class Network : IDisposable
{
    private const string Device = "/dev/net/tun";

    // TUNSETIFF with IFF_TAP and IFF_NO_PI: Ethernet frames without a header of the device.
    private const uint Attach = 0x400454ca;
    private const short TapWithoutHeader = 0x1002;
    private const int SizeOfRequest = 40;
    private const int NameMax = 16;

    private const string Masquerade =
        "add table ip nat; add chain ip nat out { type nat hook postrouting priority srcnat; }; "
        + "add rule ip nat out oifname eth0 masquerade";

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly List<ChildProcess> _owners = [];
    private readonly Switch _switch;

    private Network(List<ChildProcess> owners) =>
        (_owners, _switch) = (owners, new Switch([.. owners.Select(owner => NetworkNamespace.CreateIn(FileOf(owner), OpenTap))]));

    /// <summary>Why this machine cannot run a network, with the remedy; null: it can.</summary>
    public static string? Problem() => Machine.RootProblem()
        ?? Machine.ProgramProblem("ip", "iproute2")
        ?? Machine.ProgramProblem("unshare", "util-linux")
        ?? (File.Exists(Device) ? null : $"there is no {Device}: run 'modprobe tun', or give the container this device")
        ?? Machine.CommandProblem("unshare", "--net", "ip", "tuntap", "add", "dev", "eth0", "mode", "tap");

    /// <summary>Why this machine cannot run a <see cref="HostBehind"/>, with the remedy; null: it can.</summary>
    public static string? TranslationProblem() => Problem()
        ?? Machine.ProgramProblem("nft", "nftables")
        ?? Machine.CommandProblem("unshare", "--net", "nft", Masquerade)
        ?? Machine.CommandProblem("unshare", "--net", "ip", "link", "add", "name", "eth1", "type", "veth");

    /// <param name="hosts">The number of hosts, up to 250.</param>
    public static async Task<Network> Start(int hosts)
    {
        List<ChildProcess> owners = [.. Enumerable.Range(1, hosts).Select(StartOwner)];
        try
        {
            foreach (var owner in owners)
            {
                await DemandUp(owner);
            }
        }
        catch (TrialFailure)
        {
            owners.ForEach(owner => owner.Dispose());
            throw;
        }

        return new Network(owners);
    }

    /// <param name="number">From 1.</param>
    public Host Host(int number)
    {
        var owner = _owners[number - 1];
        return new($"10.98.0.{number}", FileOf(owner), "nsenter", $"--net={FileOf(owner)}");
    }

    /// <summary>
    /// Creates a host behind another one, which translates its address. The other hosts see the address of that one, and have no route to
    /// the new host.
    /// </summary>
    /// <param name="number">The host that translates.</param>
    public async Task<Host> HostBehind(int number)
    {
        var router = $"nsenter --net={FileOf(_owners[number - 1])}";
        var owner = ChildProcess.Start(
            "unshare",
            [
                "--net", "sh", "-ec",
                $"""
                {router} ip link add name eth1 type veth peer name eth0 netns $$
                {router} ip addr add 10.99.0.1/24 dev eth1
                {router} ip link set eth1 up
                {router} sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
                {router} nft '{Masquerade}'
                ip addr add 10.99.0.2/24 dev eth0
                ip link set eth0 up
                ip route add default via 10.99.0.1
                echo up
                exec cat
                """,
            ]);
        _owners.Add(owner);
        await DemandUp(owner);
        return new("10.99.0.2", FileOf(owner), "nsenter", $"--net={FileOf(owner)}");
    }

    /// <summary>Sets the rules of the switch. They hold for all packets that are sent after the return.</summary>
    public void Rule(Rules rules) => _switch.Rules = rules;

    public void Dispose()
    {
        _switch.Dispose();
        _owners.ForEach(owner => owner.Dispose());
    }

    private static async Task DemandUp(ChildProcess owner)
    {
        if (await owner.Line(line => line.Text == "up", WaitMax) is null)
        {
            var said = string.Join(' ', owner.Lines(_ => true).Select(line => line.Text));
            throw new TrialFailure($"a network namespace was not ready after {WaitMax.TotalSeconds} s: {said}");
        }
    }

    private static string FileOf(ChildProcess owner) => $"/proc/{owner.Id}/ns/net";

    private static ChildProcess StartOwner(int number) => ChildProcess.Start(
        "unshare",
        [
            "--net", "sh", "-ec",
            $"""
            ip link set lo up
            ip tuntap add dev eth0 mode tap
            ip link set eth0 address {Switch.AddressOf(number)} up
            ip addr add 10.98.0.{number}/24 dev eth0
            echo up
            exec cat
            """,
        ]);

    private static FileStream OpenTap()
    {
        var file = new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var request = new byte[SizeOfRequest];
        "eth0"u8.CopyTo(request);
        BitConverter.TryWriteBytes(request.AsSpan(NameMax), TapWithoutHeader);
        return Control(file.SafeFileHandle, Attach, request) == 0 ? file
            : throw new IOException($"Cannot attach to a TAP device: error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, byte[] argument);
}

/// <summary>The faults of a network.</summary>
/// <param name="Cut">Pairs of host numbers. Packets in this direction are dropped. Null: none.</param>
/// <param name="Loss">Share of all packets that is lost, from 0 to 1.</param>
/// <param name="Repeated">Share of all packets that comes twice, from 0 to 1.</param>
/// <param name="DelayMs">The mean of the delay of a packet.</param>
/// <param name="JitterMs">How much a delay differs from the mean at most. Packets overtake each other.</param>
internal sealed record Rules(
    IReadOnlyCollection<(int From, int To)>? Cut = null, double Loss = 0, double Repeated = 0, double DelayMs = 0, double JitterMs = 0)
{
    /// <summary>Drops all packets between the two sides.</summary>
    public static Rules Split(IReadOnlyCollection<int> one, IReadOnlyCollection<int> other) =>
        new([.. one.SelectMany(from => other.SelectMany(to => new[] { (from, to), (to, from) }))]);
}
