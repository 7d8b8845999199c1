using MemCache.Core;
using MemCache.IntegrationTests;
using MemCache.LocalService;
using Microsoft.Playwright;
using Xunit;

namespace MemCache.DashboardTests;

/// <summary>The dashboard in a browser, over a real pool.</summary>
[Collection(Browser.Name)]
public sealed class PageTests(Browser browser)
{
    private const int RankBytes = 32 << 20;

    [Fact]
    public async Task Page_shows_the_pool_without_a_complaint_and_asks_no_other_host()
    {
        using var pool = new PoolFixture();
        await using Visit visit = await browser.OpenAsync();
        ObjectStore first = pool.OpenStore(RankBytes);
        pool.StartHost(RankBytes);
        using var traffic = new Traffic(first, 40);
        await visit.ShowAsync(pool.Meta.MetricsUrl, 2);
        await visit.WaitForLinesAsync();
        IPage page = visit.Page;
        await Assertions.Expect(page.Locator("#leader")).ToHaveTextAsync(pool.Meta.MetaServiceUrl["tcp://".Length..]);
        await Assertions.Expect(page.Locator("#events li")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#events")).ToContainTextAsync("joined with 32 MiB");
        await Assertions.Expect(page.Locator(".tile .figure").First).Not.ToHaveTextAsync("–");
        foreach (string range in new[] { "1h", "24h", "5m" })
        {
            await page.Locator($"#ranges input[value='{range}']").CheckAsync();
        }

        await visit.WaitForLinesAsync();
        Assert.Empty(visit.Complaints);
        Assert.All(visit.Requests, uri => Assert.Equal(pool.Meta.MetricsUrl, uri.GetLeftPart(UriPartial.Authority)));
        Assert.Contains(visit.Requests, uri => uri.AbsolutePath == "/dashboard/app.js");
    }

    [Fact]
    public async Task Search_finds_an_object_and_says_where_it_is_not()
    {
        using var pool = new PoolFixture();
        await using Visit visit = await browser.OpenAsync();
        ObjectStore store = pool.OpenStore(RankBytes);
        Assert.Equal(MmcStatus.Ok, store.Put("a key/with <b>signs</b>&?", new byte[300_000]));
        await visit.ShowAsync(pool.Meta.MetricsUrl, 1);
        IPage page = visit.Page;
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Key" }).FillAsync("a key/with <b>signs</b>&?");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Key" }).PressAsync("Enter");
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("300 k bytes");
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("a key/with <b>signs</b>&?");
        await Assertions.Expect(page.Locator("#found a")).ToHaveTextAsync($"rank {store.Rank.Value} DRAM");
        await Assertions.Expect(page.Locator(".segment.found")).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Textbox, new() { Name = "Key" }).FillAsync("nothing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("No object has the key nothing");
        await Assertions.Expect(page.Locator(".segment.found")).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Rank_is_drained_and_used_again_with_the_keyboard_alone()
    {
        using var pool = new PoolFixture();
        await using Visit visit = await browser.OpenAsync();
        ObjectStore first = pool.OpenStore(RankBytes);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(MmcStatus.Ok, first.Put(Traffic.Key(i), new byte[200_000], new ReplicateOptions(1, first.Rank)));
        }

        pool.StartHost(RankBytes);
        await visit.ShowAsync(pool.Meta.MetricsUrl, 2);
        IPage page = visit.Page;
        IKeyboard keyboard = page.Keyboard;

        // The skip link is the first stop, is seen when it has the focus, and leads past the head.
        await keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0"));
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#main")).ToBeFocusedAsync();
        await visit.TabToAsync($"#segment-rank-{first.Rank.Value}-dram button");
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));

        // The safe answer has the focus, and Escape is one too.
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#drain-no")).ToBeFocusedAsync();
        await keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#drain-dialog")).Not.ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#drains .job")).ToHaveCountAsync(0);

        await visit.TabToAsync($"#segment-rank-{first.Rank.Value}-dram button");
        await keyboard.PressAsync("Enter");
        await visit.TabToAsync("#drain-yes");
        await keyboard.PressAsync("Enter");
        ILocator job = page.Locator("#drains .job");
        await Assertions.Expect(job.Locator(".badge")).ToHaveTextAsync("done");
        await Assertions.Expect(job).ToContainTextAsync("50 moved");
        await Assertions.Expect(page.Locator($"#segment-rank-{first.Rank.Value}-dram .badge")).ToHaveTextAsync("drained");
        await Assertions.Expect(page.Locator("#events")).ToContainTextAsync("is done: 50 moved");

        await visit.TabToAsync("#drains .job button");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(job.Locator(".badge")).ToHaveTextAsync("cancelled");
        await Assertions.Expect(page.Locator($"#segment-rank-{first.Rank.Value}-dram .badge")).ToHaveTextAsync("in use");

        // A chart tells its figures to who can't see it.
        await visit.WaitForLinesAsync();
        await visit.TabToAsync(".chart .plot");
        await keyboard.PressAsync("End");
        string spoken = await page.Locator(".chart .plot").First.GetAttributeAsync("aria-valuetext") ?? "";
        Assert.Contains("get ", spoken, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator(".chart .tip").First).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Phone_and_desk_are_legible_in_light_and_dark()
    {
        using var pool = new PoolFixture();
        using Stream script = typeof(PageTests).Assembly.GetManifestResourceStream("accessibility.js")!;
        string look = await new StreamReader(script).ReadToEndAsync(TestContext.Current.CancellationToken);
        ObjectStore store = pool.OpenStore(RankBytes);
        pool.StartHost(RankBytes);
        using var traffic = new Traffic(store, 400);
        foreach ((int width, ColorScheme scheme) in
            new[] { (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (360, ColorScheme.Light), (360, ColorScheme.Dark) })
        {
            await using Visit visit = await browser.OpenAsync(width, 800, scheme);
            await visit.ShowAsync(pool.Meta.MetricsUrl, 2);
            await visit.WaitForLinesAsync();
            IPage page = visit.Page;
            await page.GetByRole(AriaRole.Textbox, new() { Name = "Key" }).FillAsync(new string('k', 200));
            await page.GetByRole(AriaRole.Textbox, new() { Name = "Key" }).PressAsync("Enter");
            await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("No object");
            Assert.Empty(await page.EvaluateAsync<string[]>(look));
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, "it scrolls sideways");
            Assert.Empty(visit.Complaints);
        }
    }

    [Fact]
    public async Task Theme_follows_the_system_until_one_is_chosen_and_is_remembered()
    {
        using var pool = new PoolFixture();
        await using Visit visit = await browser.OpenAsync(scheme: ColorScheme.Dark);
        pool.OpenStore(RankBytes);
        await visit.ShowAsync(pool.Meta.MetricsUrl, 1);
        IPage page = visit.Page;
        const string Brightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)";
        int dark = await page.EvaluateAsync<int>(Brightness);
        await page.Locator("#theme").ClickAsync();
        await Assertions.Expect(page.Locator("#theme")).ToHaveTextAsync("Theme: light");
        int light = await page.EvaluateAsync<int>(Brightness);
        Assert.True(dark < 150 && light > 600, $"dark {dark}, light {light}");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#theme")).ToHaveTextAsync("Theme: light");
        Assert.Equal(light, await page.EvaluateAsync<int>(Brightness));
    }

    [Fact]
    public async Task Page_says_when_the_MetaService_is_away_and_goes_on_when_it_is_back()
    {
        using var pool = new PoolFixture();
        await using Visit visit = await browser.OpenAsync();
        pool.OpenStore(RankBytes);
        await visit.ShowAsync(pool.Meta.MetricsUrl, 1);
        IPage page = visit.Page;
        string epoch = await page.Locator("#epoch").InnerTextAsync();
        pool.Meta.Kill();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("not reachable");
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("not reachable");
        await Assertions.Expect(page.Locator("body.stale .segment")).ToHaveCountAsync(1);
        pool.Meta.Restart();
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("serving");
        await Assertions.Expect(page.Locator("#banner")).Not.ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#epoch")).Not.ToHaveTextAsync(epoch);
        await Assertions.Expect(page.Locator(".segment")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Token_is_asked_for_kept_in_the_tab_and_never_in_an_address()
    {
        const string Secret = "a-token-of-sufficient-length-0123456789";
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Secret + "\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            using var pool = new PoolFixture(
                $"ock.mmc.meta_service.http.token_path = {file}", "ock.mmc.meta_service.http.read_only = true");
            await using Visit visit = await browser.OpenAsync();
            pool.OpenStore(RankBytes);
            IPage page = visit.Page;
            await page.GotoAsync(pool.Meta.MetricsUrl + "/");
            await page.GetByLabel("Bearer token").FillAsync("another");
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator("#token-error")).ToContainTextAsync("not accepted");
            await page.GetByLabel("Bearer token").FillAsync(Secret);
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator(".segment")).ToHaveCountAsync(1);
            await Assertions.Expect(page.Locator("#token-dialog")).Not.ToBeVisibleAsync();
            await page.ReloadAsync();
            await Assertions.Expect(page.Locator(".segment")).ToHaveCountAsync(1);
            Assert.DoesNotContain(visit.Requests, uri => uri.ToString().Contains(Secret, StringComparison.Ordinal));
            Assert.DoesNotContain(Secret, await page.EvaluateAsync<string>("JSON.stringify(localStorage) + document.cookie"), StringComparison.Ordinal);

            // In read-only mode nothing can be changed from here.
            await Assertions.Expect(page.Locator(".segment button")).ToBeDisabledAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Forget token" }).ClickAsync();
            await Assertions.Expect(page.Locator("#token-dialog")).ToBeVisibleAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
