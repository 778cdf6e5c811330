using System.Net;
using System.Net.Sockets;

namespace RaftActors.Cli.Client.Check;

/// <summary>Looks up the host names of contacts and members on this machine.</summary>
internal static class AddressCheck
{
    private static readonly TimeSpan LookupMax = TimeSpan.FromMilliseconds(500);

    public static async Task<Finding[]> FindingsAsync(RunSettings settings, GroupReport? report, CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        end.CancelAfter(settings.Timeout);
        var target = settings.Target;
        var addresses = target.Contacts.Select(contact => contact.Host).Concat(
            report?.Rows.Select(row => target.AddressOf(row.Name, row.Status)).OfType<string>()
                .Select(address => address[..address.LastIndexOf(':')]) ?? []);
        var names = addresses.Distinct().Where(host => !IPAddress.TryParse(host, out _));
        return await Task.WhenAll(names.Select(host => LookUpAsync(host, end.Token))).ConfigureAwait(false);
    }

    private static async Task<Finding> LookUpAsync(string host, CancellationToken end)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, end).ConfigureAwait(false);
            var (time, list) = (Stopwatch.GetElapsedTime(start), string.Join(", ", found.Select(address => $"{address}")));
            return time > LookupMax
                ? Finding.Warn(
                    host,
                    $"the lookup took {time.TotalMilliseconds:0} ms and found {list}",
                    "Look at the name servers of this machine.")
                : Finding.Ok(host, $"the name is {list}");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            var why = e is SocketException ? Clause.Of(e.Message) : "no answer in time";
            return Finding.Fail(
                host, $"this machine cannot look up the name: {why}", "Correct the name, or the name servers of this machine.");
        }
    }
}
