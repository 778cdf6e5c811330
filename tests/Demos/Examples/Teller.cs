namespace RaftActors.Examples;

/// <summary>Books and transfers on a ledger. A call with the same key as an earlier one is the same booking, also after a crash.</summary>
internal sealed class Teller(RaftClient<int, BookingResult> ledger)
{
    /// <summary>Adds to an account, or takes from it.</summary>
    /// <returns>Whether it is booked; false: the account would be overdrawn.</returns>
    public async Task<bool> BookAsync(string account, int amount, string key)
    {
        while (true)
        {
            // With the same key, each attempt is the same booking.
            switch (await ledger.AppendAsync(account, amount, requestKey: key))
            {
                case { HasResult: true, Result: var result }:
                    Assert.True(result.Balance >= 0, $"{account} is overdrawn: {result.Balance}");
                    return result.IsBooked;
                case { Failure.Reason: FailureReason.Discarded }:
                    return false;
            }
        }
    }

    /// <summary>Takes from one account and adds to another one.</summary>
    public async Task<bool> TransferAsync(string from, string to, int amount, string key) =>
        await BookAsync(from, -amount, $"{key}/out") && await BookAsync(to, amount, $"{key}/in");
}
