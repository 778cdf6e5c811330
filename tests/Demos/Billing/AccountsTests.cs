using System.Globalization;
using System.Net.Sockets;

namespace Billing.Tests;

/// <summary>The demo from outside: all its nodes are killed, and a later run of it goes on.</summary>
public sealed class AccountsTests : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(120);
    private static readonly string[] Customers = ["alice", "bob", "carol"];

    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = FreePorts.Take(4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Accounts_bills_and_reminders_are_there_again_after_all_nodes_were_killed()
    {
        int before;
        using (var first = Start())
        {
            // Each account has its first bill, and has set its reminder before it.
            await BillAsync(first, number: 7);
            first.Tell("kill all");
            before = await EndAsync(first);
        }

        using var second = Start();

        // Nothing is sent to the account of dave: sharding remembers it.
        Assert.Equal(1, await CountAsync(second, "the account of dave is here with "));
        var counts = await Task.WhenAll(Customers.Select(customer => CountAsync(second, $"the account of {customer} is here with ")));
        await Task.WhenAll(Customers.Select(customer => CountAsync(second, $"statement: {customer} has ")));
        await BillAsync(second, before + 1);
        var after = await EndAsync(second);

        for (var place = 0; place < Customers.Length; place++)
        {
            // The last bill may have been written and not charged, and the account may be here after the next ones.
            var customer = Customers[place];
            Assert.InRange(counts[place], BillsOf(place, before - 1), BillsOf(place, after));
            Assert.All(
                second.Lines(line => line.Text.Contains($"statement: {customer} has ")),
                line => Assert.InRange(NumberIn(line.Text, "has "), BillsOf(place, before - 1), BillsOf(place, after)));
        }
    }

    [Fact]
    public async Task Port_in_use_ends_the_demo_with_the_cause()
    {
        using TcpListener taken = new(IPAddress.Loopback, _ports[1]);
        taken.Start();
        using var demo = Start();

        Assert.Equal(1, await demo.Ended(WaitMax));
        Assert.StartsWith(
            $"Billing: the port {_ports[1]} is in use. Stop the program", Assert.Single(demo.Lines(line => line.Text.Length > 0)).Text);
    }

    [Fact]
    public async Task Wrong_option_ends_the_demo_with_one_line()
    {
        using var demo = ChildProcess.Start("dotnet", [Programs.Find("demo/Billing", "Billing"), "--regster", "x"]);

        Assert.Equal(2, await demo.Ended(WaitMax));
        Assert.StartsWith("Billing: ", Assert.Single(demo.Lines(line => line.Text.Length > 0)).Text);
    }

    // Bill 1 is for dave, and the others go round.
    private static int BillsOf(int place, int last) => Enumerable.Range(2, Math.Max(0, last - 1)).Count(number => number % 3 == place);

    private ChildProcess Start() => ChildProcess.Start(
        "dotnet",
        [
            Programs.Find("demo/Billing", "Billing"), "--directory", _folder["billing"], "--ports", .. _ports.Select(port => $"{port}"),
        ]);

    private static async Task BillAsync(ChildProcess demo, int number) => Assert.NotNull(
        await demo.Line(line => line.Text.Contains($"| bill {number} (token "), WaitMax, 0));

    private static async Task<int> CountAsync(ChildProcess demo, string text)
    {
        var found = await demo.Line(line => line.Text.Contains(text), WaitMax, 0);
        Assert.NotNull(found);
        return NumberIn(found.Text, text);
    }

    // The number of the last bill.
    private static async Task<int> EndAsync(ChildProcess demo)
    {
        demo.Tell("quit");
        Assert.Equal(0, await demo.Ended(WaitMax));
        var numbers = demo.Lines(line => line.Text.Contains("| bill ") && !line.Text.Contains("REFUSED"))
            .Select(line => NumberIn(line.Text, "| bill ")).Distinct().ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        return numbers[^1];
    }

    private static int NumberIn(string line, string behind) =>
        int.Parse(line[(line.IndexOf(behind, StringComparison.Ordinal) + behind.Length)..].Split(' ')[0], CultureInfo.InvariantCulture);
}
