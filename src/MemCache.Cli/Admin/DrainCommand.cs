using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc drain</c>: empties segments so that their owners can be stopped.</summary>
internal static class DrainCommand
{
    private const int FailedExitCode = 1;
    private const string MovePolicy = "move";
    private const string DropPolicy = "drop";
    private const string Help = """
        Empties segments, by moving their objects to others or by dropping them, and shows the progress until it is
        done. Ctrl-C ends the watching, not the job. Exit code 0: done; 1: failed or cancelled.
        """;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private static readonly Argument<string[]> Segments = new("segment")
    {
        Description = "Names of segments, such as rank-0-dram (mmc segments)",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Policy = new("--policy")
    {
        Description = "move: to other segments; drop: lose what has no other replica",
        DefaultValueFactory = _ => MovePolicy,
    };

    private static readonly Option<bool> NoWait = new("--no-wait")
    {
        Description = "Print the job's id and do not wait for its end",
    };

    private static readonly Argument<string> Job = new("job") { Description = "Id of a job" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Policy.AcceptOnlyFromAmong(MovePolicy, DropPolicy);
        var watch = new Command("watch", "Shows the progress of a job until it ends") { Job };
        var query = new Command("query", "Shows a job") { Job };
        var cancel = new Command("cancel", "Cancels a job: its segments are used again") { Job };
        var drain = new Command("drain", Help)
        {
            Segments, Policy, NoWait,
            AdminOptions.With(watch, (client, arguments, cancellation) =>
                WatchAsync(client, arguments, arguments.GetValue(Job)!, cancellation)),
            AdminOptions.With(query, (client, arguments, cancellation) =>
                PrintAsync(arguments, QueryAsync(client, arguments.GetValue(Job)!, cancellation))),
            AdminOptions.With(cancel, (client, arguments, cancellation) =>
                PrintAsync(arguments, CancelAsync(client, arguments.GetValue(Job)!, cancellation))),
        };
        return AdminOptions.With(drain, StartAsync);
    }

    private static async Task<int> StartAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["segments"] = new JsonArray([.. arguments.GetValue(Segments)!.Select(name => JsonValue.Create(name))]),
            ["policy"] = arguments.GetValue(Policy),
        };
        JsonElement job =
            await client.PostAsync("/api/v1/drain_jobs", body.ToJsonString(), cancellation).ConfigureAwait(false);
        if (arguments.GetValue(NoWait))
        {
            return Print(arguments, job);
        }

        return await WatchAsync(client, arguments, job.Text("job_id"), cancellation).ConfigureAwait(false);
    }

    private static Task<JsonElement> QueryAsync(AdminClient client, string job, CancellationToken cancellation) =>
        client.GetAsync($"/api/v1/drain_jobs/query?job_id={Uri.EscapeDataString(job)}", cancellation);

    private static Task<JsonElement> CancelAsync(AdminClient client, string job, CancellationToken cancellation) =>
        client.PostAsync($"/api/v1/drain_jobs/cancel?job_id={Uri.EscapeDataString(job)}", "", cancellation);

    private static async Task<int> PrintAsync(ParseResult arguments, Task<JsonElement> job) =>
        Print(arguments, await job.ConfigureAwait(false));

    private static async Task<int> WatchAsync(
        AdminClient client, ParseResult arguments, string id, CancellationToken cancellation)
    {
        JsonElement job = await Screen.Error.Progress().AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => FollowAsync(client, id, context.AddTask(Markup.Escape(id)), cancellation))
            .ConfigureAwait(false);
        Print(arguments, job);
        return job.Text("state") == "done" ? 0 : FailedExitCode;
    }

    private static async Task<JsonElement> FollowAsync(
        AdminClient client, string id, ProgressTask bar, CancellationToken cancellation)
    {
        while (true)
        {
            JsonElement job = await QueryAsync(client, id, cancellation).ConfigureAwait(false);
            double moved = job.Number("moved_objects");
            bar.MaxValue = Math.Max(1, moved + job.Number("remaining_objects"));
            bar.Value = moved;
            bar.Description = Markup.Escape($"{id}: {job.Text("state")}, {Progress(job)}");
            if (job.Text("state") is not ("pending" or "running"))
            {
                return job;
            }

            await Task.Delay(LookInterval, cancellation).ConfigureAwait(false);
        }
    }

    private static int Print(ParseResult arguments, JsonElement job)
    {
        string error = job.Text("error");
        Console.Out.WriteLine(arguments.GetValue(AdminOptions.Json)
            ? job.GetRawText()
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{job.Text("job_id")}: {job.Text("state")}, {Progress(job)}{(error.Length > 0 ? $": {error}" : "")}"));
        return 0;
    }

    private static string Progress(JsonElement job)
    {
        string moved = $"{job.Count("moved_objects")} objects ({job.Bytes("moved_bytes")}) moved";
        return $"{moved}, {job.Count("remaining_objects")} left";
    }
}
